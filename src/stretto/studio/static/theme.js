var e=null;try{e=localStorage.getItem("stretto.theme")}catch{}document.documentElement.dataset.theme=e??(matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light");

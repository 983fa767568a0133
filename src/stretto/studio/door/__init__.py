"""How one gets in: the address, the connections, who may ask, and the application behind it."""

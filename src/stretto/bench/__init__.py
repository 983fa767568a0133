"""The networks of the field on the public benchmarks: trained, chosen by validation, tested, compared."""

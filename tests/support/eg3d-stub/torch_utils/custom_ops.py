verbosity = 'brief'

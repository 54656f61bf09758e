"""Makes the modules beside this file (samples) importable from the tests below."""

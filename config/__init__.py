"""What operators change: settings, rules, subscribers, the lexicon and the gazetteer."""

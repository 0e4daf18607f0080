zone_letters = ["a", "b"]

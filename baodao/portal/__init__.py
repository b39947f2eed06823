"""portal: the residents' shell. Layout, navigation, home, large print; it composes the pages that apps register."""

"""desk: the staff's shell. Layout, navigation, the one to-do list, search; it composes the pages that apps register."""

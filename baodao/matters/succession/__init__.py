"""What trees and appointments that change mean for open matters: legs go to whoever comes after, lists by organization
follow the trees of the day."""

"""Local talents (本土人才): who of a village was named with her word, what she has done since, which village has none. The
record of her growth is hers: she reads it, and it goes when she wishes. No score, no rank, no remark about her."""

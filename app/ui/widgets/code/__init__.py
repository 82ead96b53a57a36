"""Program text on the screen: the editor, its colours, marks, grey text and differences."""

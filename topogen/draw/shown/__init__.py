"""What several diagrams show: headings, words, legends, and which parts stand where."""

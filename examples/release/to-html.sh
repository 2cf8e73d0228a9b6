# Turns a page of plain text into HTML: the first line is the title, blank lines part paragraphs.
awk '
  NR == 1 { print "<h1>" $0 "</h1>"; next }
  /^$/    { if (open) print "</p>"; open = 0; next }
  !open   { print "<p>"; open = 1 }
          { print }
  END     { if (open) print "</p>" }
' "$1"

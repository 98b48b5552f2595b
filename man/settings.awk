# A core's settings, as `loam cores default` prints them (name, value, meaning), as a section of the man page loam-core(5): put where the page says SETTINGS.
FNR == NR {
    if (!match($0, /^[a-z0-9_]+\.[a-z0-9_]+ +[^ ]+ +/)) next
    text = substr($0, RLENGTH + 1)
    gsub(/\\/, "\\e", text)
    rows = rows ".TP\n.BR " $1 " \" (" $2 ")\"\n\\&" text "\n"
    next
}
/^\.\\" SETTINGS/ { printf ".SH SETTINGS\nWhat there is, and in parentheses the value in the preset\n.BR default :\n%s", rows; next }
{ print }

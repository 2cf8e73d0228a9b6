# Stands for an upload: fails as curl does when there is no connection (7) the first time, and when a mirror is down.
file=$1
mirror=$2
place=.work/mirrors/$mirror
if [ -e "$place/is-down" ]; then
  echo "$mirror is down; bring it up with: rm $place/is-down" >&2
  exit 22
fi
cp "$file" "$place/$(basename "$file").part"
if [ "$mirror" = lima ] && [ "$SAVEPOINT_ATTEMPT" = 1 ]; then
  echo "no connection to $mirror" >&2
  exit 7
fi
mv "$place/$(basename "$file").part" "$place/$(basename "$file")"
echo "sent to $mirror"

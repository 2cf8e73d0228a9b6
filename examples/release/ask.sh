# Stands for a question to a mirror, which is ready when it is asked the second time.
place=.work/mirrors/$1
if [ -e "$place/asked" ]; then echo "state=ready"; else echo "state=copying"; fi
touch "$place/asked"

# Hold each filed page against its records; with page files as arguments, only these.
# A page of a quarter that has not ended is a draft, and may lag behind.
PATH="$PWD/.venv/bin:$PATH"
if [ $# -eq 0 ]; then
  files=$(git ls-files -z | tr '\0' '\n') # without -z, git puts a name such as Übersicht in quotes
else
  files=$(printf '%s\n' "$@")
fi
failed=0
for quarter in $(printf '%s\n' "$files" |
  sed -n 's|^\(.*/\)\{0,1\}win-loss-\([0-9]\{4\}-Q[1-4]\)\.md$|\2|p' | sort -u); do
  if ! said=$(winloss rollup "$quarter" --check 2>&1); then
    case $said in
      "$quarter has not ended"*) # only as the first words: what follows quotes the records
        said="win-loss-$quarter.md is a draft: its quarter has not ended" ;;
      *) failed=1 ;;
    esac
  fi
  printf '%s\n' "$said"
done
exit $failed

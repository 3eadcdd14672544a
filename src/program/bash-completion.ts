/**
 * Completion for bash: needs no other package, and hands the half-typed words to gami as they are. The completion library's own
 * script evaluates them, so that Tab behind `$(...)` or `> file` would already run the one and empty the other.
 */
export const bashCompletion = `# bash completion for gami
__gami_complete() {
  local current=\${COMP_WORDS[COMP_CWORD]} word value words=() joins=
  # bash takes --format=html apart at the sign: put it together again.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ -n $joins || ( $word == = && \${#words[@]} -gt 0 ) ]]; then
      words[\${#words[@]}-1]+=$word
    else
      words+=("$word")
    fi
    [[ $word == = ]] && joins=yes || joins=
  done
  [[ $current == = ]] && current=
  COMPREPLY=()
  while IFS=$'\\t' read -r value _; do
    # The last line is a number behind a colon, meant for other shells.
    [[ -n $value && $value != :* && $value == "$current"* ]] && COMPREPLY+=("$(printf %q "$value")")
  done < <(gami complete -- "\${words[@]}" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -o default -F __gami_complete gami
`;

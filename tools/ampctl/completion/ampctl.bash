# SPDX-License-Identifier: GPL-2.0-only
# Completion for bash: commands and options from ampctl's own help, partitions from `ampctl list`, files for descriptions.

_ampctl() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
    COMPREPLY=()
    if ((COMP_CWORD == 1)) || [[ $command == help ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(ampctl help | awk '/^  [a-z]/ { print $1 }')" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(ampctl help "$command" 2>/dev/null | awk '/^  --/ { print $1 }')" -- "$word")
    else
        case $command in
            check | plan | create | run | doctor) compopt -o default ;;
            start)
                mapfile -t COMPREPLY < <(compgen -W "$(ampctl list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$word")
                compopt -o default
                ;;
            send | recv)
                if ((COMP_CWORD == 3)); then
                    local nodes=(/dev/amp-"${COMP_WORDS[2]}"-*)
                    mapfile -t COMPREPLY < <(compgen -W "${nodes[*]##*/amp-"${COMP_WORDS[2]}"-}" -- "$word")
                else
                    mapfile -t COMPREPLY < <(compgen -W "$(ampctl list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$word")
                fi
                ;;
            console)
                if ((COMP_CWORD == 3)); then
                    mapfile -t COMPREPLY < <(compgen -W "$(ampctl status "${COMP_WORDS[2]}" 2>/dev/null |
                        awk '$1 == "virtio" { sub(/^ *virtio/, "") } $2 == "console," { sub(/:/, "", $1); print $1 }')" -- "$word")
                else
                    mapfile -t COMPREPLY < <(compgen -W "$(ampctl list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$word")
                fi
                ;;
            *) mapfile -t COMPREPLY < <(compgen -W "$(ampctl list 2>/dev/null | awk 'NR > 1 { print $1 }')" -- "$word") ;;
        esac
    fi
}
complete -F _ampctl ampctl

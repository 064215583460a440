using System.CommandLine;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab completion SHELL</c>: the script by which a shell completes nlab's words; the words themselves are asked for as they are typed.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _nlab() {
            local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" piece="${COMP_WORDS[COMP_CWORD]}"
            local word="${line##* }"
            # bash takes what is behind a colon or an equals sign for a word of its own.
            case "$piece" in :|=|://) piece= ;; esac
            local before="${word%"$piece"}"
            COMPREPLY=($(nlab "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | grep -F -- "${word}"))
            COMPREPLY=("${COMPREPLY[@]#"$before"}")
            case "${COMPREPLY[0]}" in *[=.:/]) compopt -o nospace 2>/dev/null ;; esac
        }
        complete -o default -F _nlab nlab
        """;

    private const string Zsh = """
        #compdef nlab
        _nlab() {
            local -a words_found
            words_found=("${(@f)$(nlab "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -- ${words_found} || _files
        }
        compdef _nlab nlab
        """;

    private const string Fish = """
        complete -c nlab -a '(nlab "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName nlab -ScriptBlock {
            param($word, $line, $position)
            nlab "[suggest:$position]" "$line" | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.CompletionSources.Add("bash", "zsh", "fish", "pwsh");
        var command = new Command("completion", "Print the script that completes nlab's words in a shell") { shell };
        command.SetAction(parsed =>
        {
            Console.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                "pwsh" => PowerShell,
                var other => throw new UsageException($"'{other}': the shells are bash, zsh, fish and pwsh"),
            });
            return ExitCode.Done;
        });
        return command;
    }
}

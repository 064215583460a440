using System.CommandLine;
using System.Text;
using NetLab.Host.Settings;

namespace NetLab.Host.Commands;

/// <summary><c>nlab man</c>: the manual page (troff), made of the same descriptions as the help.</summary>
internal static class ManCommand
{
    public static Command Create(RootCommand root)
    {
        var command = new Command("man", "Print the manual page: nlab man | man -l -");
        command.SetAction(_ =>
        {
            Console.Write(Page(root));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Page(RootCommand root)
    {
        var page = new StringBuilder();
        page.AppendLine(".TH NLAB 1").AppendLine(".SH NAME").AppendLine(@"nlab \- the networking lab");
        page.AppendLine(".SH SYNOPSIS").AppendLine(".B nlab").AppendLine(".I VERB").AppendLine("[options]");
        page.AppendLine(".SH DESCRIPTION").AppendLine(Text(root.Description));
        foreach (Command verb in root.Subcommands.Where(c => !c.Hidden))
        {
            page.AppendLine($".SH {verb.Name.ToUpperInvariant()}");
            page.AppendLine($".B nlab {verb.Name}").AppendLine($".I {string.Join(' ', verb.Arguments.Select(a => Text(a.Name)))}").AppendLine(".PP").AppendLine(Text(verb.Description));
            foreach (Argument argument in verb.Arguments)
            {
                page.AppendLine(".TP").AppendLine($".I {Text(argument.Name)}").AppendLine(Text(argument.Description));
            }

            foreach (Option option in verb.Options.Where(o => !o.Hidden))
            {
                string names = string.Join(", ", option.Aliases.Prepend(option.Name).Distinct().Select(Text));
                page.AppendLine(".TP").AppendLine($".B {names} {Text(option.HelpName)}").AppendLine(Text(option.Description));
            }

            foreach (string example in Examples.Of(verb.Name))
            {
                page.AppendLine(".PP").AppendLine(".EX").AppendLine(Text(example)).AppendLine(".EE");
            }
        }

        page.AppendLine(".SH LINKS");
        foreach ((string key, string meaning) in VerbHelp.LinkKeys)
        {
            page.AppendLine(".TP").AppendLine($".B {Text(key)}").AppendLine(Text(meaning));
        }

        page.AppendLine(".SH EXIT STATUS").AppendLine("0 done, 1 it failed, 2 the command line or the configuration is wrong, 130 interrupted.");
        return page.ToString();
    }

    // A hyphen is one to copy, a backslash is itself, and a line that begins with a dot is no request.
    private static string Text(string? text)
    {
        string plain = (text ?? "").Replace(@"\", @"\e", StringComparison.Ordinal).Replace("-", @"\-", StringComparison.Ordinal);
        return plain.Length > 0 && plain[0] is '.' or '\'' ? @"\&" + plain : plain;
    }
}

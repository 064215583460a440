using NetLab.Host.Commands;

// The version alone needs nothing of all that the verbs do.
if (args is ["--version"])
{
    Console.WriteLine(CommandLine.Version);
    return 0;
}

return await CommandLine.RunAsync(args).ConfigureAwait(false);

using System.Diagnostics;

namespace TrialKit;

/// <summary>What trials need of the machine: its commands, and what lies beside the checkout.</summary>
internal static class Machine
{
    /// <summary>Where the tools that make faults are, unless somebody says where else.</summary>
    public static string ToolsFolder => Path.Combine(RootOfCheckout(), "../shared/tools");

    /// <summary>Runs a command to its end; one that fails is an exception, which says what it said.</summary>
    public static void Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result.Trim()} {output.Result.Trim()}");
        }
    }

    private static string RootOfCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}

using System.Diagnostics;

namespace TrialKit;

/// <summary>Commands of the machine, and the folder of tools beside the checkout.</summary>
internal static class Machine
{
    /// <summary>The default folder of the tools that inject faults.</summary>
    public static string ToolsFolder => Path.Combine(RootOfCheckout(), "../shared/tools");

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed. The message has its output.</exception>
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

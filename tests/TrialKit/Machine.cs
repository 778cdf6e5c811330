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

    /// <summary>Writes a file until the disk has no byte left.</summary>
    public static void FillDisk(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // The disk is full now.
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

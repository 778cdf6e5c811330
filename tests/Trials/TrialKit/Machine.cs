namespace TrialKit;

/// <summary>Commands of the machine, and what trials need of it.</summary>
internal static class Machine
{
    /// <summary>Why this process is no root, with the remedy; null: it is.</summary>
    public static string? RootProblem() => Environment.IsPrivilegedProcess ? null : "it needs root: run it with sudo";

    /// <summary>Says that a program is missing, with the remedy; null: it is there.</summary>
    /// <param name="package">The package of Debian that has it.</param>
    public static string? ProgramProblem(string program, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))
            ? null
            : $"it needs {program}: run 'apt-get install {package}'";

    /// <summary>Runs a command, and returns its failure; null: it succeeded.</summary>
    public static string? CommandProblem(string program, params string[] arguments)
    {
        try
        {
            Run(program, arguments);
            return null;
        }
        catch (InvalidOperationException e)
        {
            return $"it needs a machine or a privileged container on which this succeeds: {e.Message}";
        }
    }

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
}

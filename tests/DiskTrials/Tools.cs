using System.Diagnostics;

namespace DiskTrials;

/// <summary>The faults themselves, which lie beside the checkout, and the few commands of the system that trials need.</summary>
internal sealed class Tools
{
    private readonly string _folder;

    private Tools(string folder, string library) => (_folder, Library) = (folder, library);

    /// <summary>To be preloaded: faults of files below DF_PATH, as the file DF_CTL says.</summary>
    public string Library { get; }

    /// <summary>Null if they are not there, or this is not root on Linux; the reason is said then.</summary>
    public static Tools? Find(string folder, string work, out string reason)
    {
        reason = !File.Exists(Path.Combine(folder, "powercut.py")) ? $"the tools are not in {folder}"
            : Environment.UserName != "root" ? "only root can cut the power of a disk"
            : "";
        if (reason.Length > 0)
        {
            return null;
        }

        var library = Path.Combine(work, "diskfault.so");
        Run("gcc", "-shared", "-fPIC", "-o", library, Path.Combine(folder, "diskfault.c"), "-ldl");
        return new Tools(folder, library);
    }

    public void MakeDisk(string directory, int megabytes) => Power("make", directory, $"{megabytes}");

    public void Cut(string directory) => Power("cut", directory);

    public void Back(string directory) => Power("back", directory);

    public void Remove(string directory) => Power("gone", directory);

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

    private void Power(string what, params string[] arguments) =>
        Run("python3", [Path.Combine(_folder, "powercut.py"), what, .. arguments]);
}

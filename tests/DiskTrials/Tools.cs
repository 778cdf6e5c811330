namespace DiskTrials;

/// <summary>The tools that make disks fail. They are outside of the repository.</summary>
internal sealed class Tools
{
    private readonly string _folder;

    private Tools(string folder, string library) => (_folder, Library) = (folder, library);

    /// <summary>A library to preload. It injects the faults that the file DF_CTL lists into the files below DF_PATH.</summary>
    public string Library { get; }

    /// <summary>Finds the tools. Null: they are missing, or this is not root on Linux. Then it prints the reason.</summary>
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
        Machine.Run("gcc", "-shared", "-fPIC", "-o", library, Path.Combine(folder, "diskfault.c"), "-ldl");
        return new Tools(folder, library);
    }

    public void MakeDisk(string directory, int megabytes) => Power("make", directory, $"{megabytes}");

    public void Cut(string directory) => Power("cut", directory);

    public void Back(string directory) => Power("back", directory);

    public void Remove(string directory) => Power("gone", directory);

    private void Power(string what, params string[] arguments) =>
        Machine.Run("python3", [Path.Combine(_folder, "powercut.py"), what, .. arguments]);
}

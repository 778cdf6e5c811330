namespace RaftActors.SharedData;

/// <summary>
/// Published test data that is not in the repository: the folder <c>shared</c> beside the checkout, or the one that the environment
/// variable RAFTACTORS_SHARED names.
/// </summary>
internal static class SharedFolder
{
    /// <summary>The folder with this test data, or null where it is not at hand. A variable that leads nowhere is an error.</summary>
    public static string? Find(string name)
    {
        var named = Environment.GetEnvironmentVariable("RAFTACTORS_SHARED");
        var folder = Path.Combine(string.IsNullOrEmpty(named) ? BesideTheCheckout() : named, "data", name);
        return Directory.Exists(folder) ? folder
            : string.IsNullOrEmpty(named) ? null
            : throw new DirectoryNotFoundException($"RAFTACTORS_SHARED is set, and there is no {folder}.");
    }

    private static string BesideTheCheckout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        var beside = folder?.Parent ?? throw new InvalidOperationException("No RaftActors.sln above " + AppContext.BaseDirectory);
        return Path.Combine(beside.FullName, "shared");
    }
}

namespace RaftActors.Testing.Tests.History;

/// <summary>
/// Published test data outside the repository: in the folder <c>shared</c> beside the checkout, or in the folder that the environment
/// variable RAFTACTORS_SHARED names.
/// </summary>
internal static class SharedFolder
{
    /// <summary>The folder with this test data; null if it is missing.</summary>
    /// <exception cref="DirectoryNotFoundException">RAFTACTORS_SHARED is set, and its folder is missing.</exception>
    public static string? Find(string name)
    {
        var named = Environment.GetEnvironmentVariable("RAFTACTORS_SHARED");
        var folder = Path.Combine(string.IsNullOrEmpty(named) ? BesideTheCheckout() : named, "data", name);
        return Directory.Exists(folder) ? folder
            : string.IsNullOrEmpty(named) ? null
            : throw new DirectoryNotFoundException($"Cannot find {folder}, which RAFTACTORS_SHARED names. Correct or unset the variable.");
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

namespace RaftActors.Hosting.Tests;

/// <summary>An empty directory, which is deleted at the end of the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("raft-hosting-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using System.Runtime.CompilerServices;

namespace Shared;

/// <summary>A folder of the real file system for one test. Dispose deletes it.</summary>
/// <param name="owner">Names the folder, so that one that remains tells whose it is. By default the file of the test.</param>
public sealed class TemporaryFolder([CallerFilePath] string owner = "") : IDisposable
{
    public string Path { get; } =
        Directory.CreateTempSubdirectory($"raftactors-{System.IO.Path.GetFileNameWithoutExtension(owner)}-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

using RaftActors.Storage.Disk;

namespace RaftActors.Storage.Tools;

/// <summary>The machine's file system below one directory, without the right to change anything.</summary>
internal sealed class ReadOnlyDisk(string directory) : IDisk
{
    private readonly FileDisk _disk = new(directory);

    public string PathOf(string name) => _disk.PathOf(name);

    public IReadOnlyList<string> List(string folder) => _disk.List(folder);

    public IDiskFile Open(string name)
    {
        var path = PathOf(name);
        try
        {
            return new DiskFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), path);
        }
        catch (Exception e) when (FileDisk.IsFailure(e))
        {
            throw new StoreException(DiskFailure.Of(path, "cannot be opened", e).Message, e);
        }
    }

    public long FreeBytes() => _disk.FreeBytes();

    public void CreateFolder(string name) => throw Refused();

    public IDiskFile Create(string name, long size) => throw Refused();

    public void Rename(string from, string to) => throw Refused();

    public void Delete(string name) => throw Refused();

    public void SyncFolder(string name) => throw Refused();

    private static InvalidOperationException Refused() => new("The disk was opened for reading only.");
}

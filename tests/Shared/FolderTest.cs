namespace Shared;

/// <summary>A test with a folder of the real file system.</summary>
public abstract class FolderTest : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

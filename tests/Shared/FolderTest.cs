namespace Shared;

/// <summary>A test with a folder of the real file system.</summary>
public abstract class FolderTest : IDisposable
{
    protected FolderTest() => Folder = new TemporaryFolder(GetType().Name);

    protected TemporaryFolder Folder { get; }

    public void Dispose()
    {
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

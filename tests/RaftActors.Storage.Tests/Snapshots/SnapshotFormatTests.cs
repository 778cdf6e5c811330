using RaftActors.DiskModel;

using static RaftActors.Storage.Tests.Snapshots.SnapshotSamples;

namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>A golden file of each version of the format. Every version must stay readable.</summary>
public sealed class SnapshotFormatTests
{
    private const string Version1 =
        "UmFmdFNuYXABABQAcAGxKM8AAAAEYmFuaxVyYWZ0MUBub2RlMUBsb2NhbGhvc3QKAwnvzauJZ0UjAQIJAAAACQAJAAECAwQFBgcIAQEVcmFmdD"
        + "FAbm9kZTFAbG9jYWxob3N0AQAAAAIAAwAEBQYHCAkKCwABFXJhZnQyQG5vZGUyQGxvY2FsaG9zdAIAAAACAAMABAUGBwgJCgsBFXJhZnQxQG5v"
        + "ZGUxQGxvY2FsaG9zdAEhARVyYWZ0MkBub2RlMkBsb2NhbGhvc3QCAAAAAgADAAQFBgcICQoLBQICFBIGDw/EopUoza3DLz/I38u1emY9ejzIps"
        + "KjzPnRz1dhC9bt4M6hRM6C";

    private const string Version2 =
        "UmFmdFNuYXACABQAKKaky/UAAAAEYmFuaxVyYWZ0MUBub2RlMUBsb2NhbGhvc3QKAwnvzauJZ0UjAQIJAAAACQAJAAECAwQFBgcIAQEVcmFmdDFAbm9k"
        + "ZTFAbG9jYWxob3N0AQAAAAIAAwAEBQYHCAkKCwABFXJhZnQyQG5vZGUyQGxvY2FsaG9zdAIAAAACAAMABAUGBwgJCgsBFXJhZnQxQG5vZGUxQGxvY2Fs"
        + "aG9zdAEhARVyYWZ0MkBub2RlMkBsb2NhbGhvc3QCAAAAAgADAAQFBgcICQoLBQICFBIGDw8DAgEAAAACAAMABAUGBwgJCgsKCAIAAAACAAMABAUGBwgJ"
        + "CgsKCtebUQrNrcMvP8jfy7V6Zj16PMimwqPM+dHPV2EL1u3gzqFEzoI=";

    [Fact]
    public void File_of_version_1_is_read()
    {
        var image = DiskImage.Empty with { Folders = DiskImage.Empty.Folders.Union(["snapshots", Folder]) };

        AssertHolds(Open(new ModelDisk(image.With(PathOf(10), Convert.FromBase64String(Version1)))), Of(10, 33));
    }

    [Fact]
    public void File_is_written_with_the_golden_bytes_of_version_1()
    {
        var disk = new ModelDisk();
        Open(disk).Save(10, 33);

        Assert.Equal(Version1, Convert.ToBase64String(disk.Now.Files[PathOf(10)]));
    }

    [Fact]
    public void File_of_version_2_is_read_with_its_request_keys()
    {
        var image = DiskImage.Empty with { Folders = DiskImage.Empty.Folders.Union(["snapshots", Folder]) };

        AssertHolds(Open(new ModelDisk(image.With(PathOf(10), Convert.FromBase64String(Version2)))), WithKeys(10, 33));
    }

    [Fact]
    public void File_with_request_keys_is_written_with_the_golden_bytes_of_version_2()
    {
        var (disk, snapshot) = (new ModelDisk(), WithKeys(10, 33));
        Open(disk).Save(snapshot, StateOf(snapshot));

        Assert.Equal(Version2, Convert.ToBase64String(disk.Now.Files[PathOf(10)]));
    }
}

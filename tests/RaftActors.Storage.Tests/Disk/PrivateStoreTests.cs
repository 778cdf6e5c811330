using System.Globalization;
using System.Runtime.Versioning;

namespace RaftActors.Storage.Tests.Disk;

/// <summary>Modes and owners of the files of a store, on the machine's own disk.</summary>
[UnsupportedOSPlatform("windows")]
[Trait("Needs", "Linux")]
public sealed class PrivateStoreTests : IDisposable
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode ReadableFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode ReadableFolder =
        ReadableFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode SharedFolder = ReadableFolder | UnixFileMode.OtherWrite;

    private static readonly StoreOwner Owner = new("ledger", new ProcessName("raft1@a"));

    private readonly TemporaryFolder _folder = new();

    private string Store => _folder["above/store"];

    private StoreOptions Options => new() { Directory = Store, SegmentSizeBytes = 1 << 20, FreeSpaceFloorBytes = 0 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void New_files_and_folders_are_private()
    {
        Write();

        AssertPrivate(_folder["above"]);
        Assert.NotEmpty(Directory.GetFiles(Store, "*.wal", SearchOption.AllDirectories));
        Assert.NotEmpty(Directory.GetFiles(Store, "*.snap", SearchOption.AllDirectories));
    }

    [Fact]
    public void Directory_of_the_store_keeps_its_own_mode()
    {
        Directory.CreateDirectory(Store, ReadableFolder);

        Write();

        Assert.Equal(ReadableFolder, File.GetUnixFileMode(Store));
    }

    [Theory]
    [InlineData("above")]
    [InlineData("above/store")]
    public void Directory_that_others_can_write_to_is_refused_and_stays_unchanged(string shared)
    {
        Directory.CreateDirectory(Store);
        File.SetUnixFileMode(_folder[shared], SharedFolder);

        var error = Assert.Throws<StoreException>(Write);

        Assert.StartsWith($"Cannot use {Store} as a store: other users can write to {_folder[shared]} (mode 757", error.Message);
        Assert.Contains($"Run 'chmod go-w {_folder[shared]}'", error.Message);
        Assert.Contains("set raft.store.allow-shared-directory = on", error.Message);
        Assert.Empty(Directory.GetFileSystemEntries(Store));
    }

    [Fact]
    public void Missing_directory_is_not_created_below_a_folder_that_others_can_write_to()
    {
        Directory.CreateDirectory(_folder["above"]);
        File.SetUnixFileMode(_folder["above"], SharedFolder);

        Assert.Throws<StoreException>(Write);

        Assert.Empty(Directory.GetFileSystemEntries(_folder["above"]));
    }

    [Fact]
    public void Shared_directory_is_accepted_if_the_options_allow_it()
    {
        Directory.CreateDirectory(Store);
        File.SetUnixFileMode(Store, SharedFolder);

        Write(Options with { AllowSharedDirectory = true });

        Assert.All(new DirectoryInfo(Store).GetFileSystemInfos(), AssertPrivate);
    }

    [Fact]
    public void Reported_owner_and_mode_are_those_of_the_system()
    {
        var file = _folder["file"];
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, ReadableFile);
        File.CreateSymbolicLink(_folder["link"], "file");

        Assert.Equal(new FileRights(IsFolder: false, NumberOf("-u"), NumberOf("-g"), ReadableFile), FileRights.Read(file));
        Assert.Equal("file", FileRights.Read(_folder["link"])?.LinkTarget);
        Assert.True(FileRights.Read(_folder.Path)?.IsFolder);
        Assert.Null(FileRights.Read(_folder["missing"]));
        Assert.Null(FileRights.Read(_folder["file/missing"]));
    }

    [Theory]
    [InlineData("LOCK")]
    [InlineData("log")]
    [InlineData("log/0000000001.wal")]
    [InlineData("snapshots/1")]
    [InlineData("snapshots/1/part")]
    [InlineData("server")]
    public void File_of_another_user_is_refused(string name)
    {
        Write();
        Directory.CreateDirectory(Path.Combine(Store, "server"));
        File.WriteAllText(Path.Combine(Store, "snapshots/1/part"), "");
        var theirs = Path.Combine(Store, name);
        Assert.True(Path.Exists(theirs));
        StoreFiles.Check(Store, user: 1000, path => Rights(1000));
        FileRights? Read(string path) => Rights(path == theirs ? 1001u : 1000u);

        var error = Assert.Throws<StoreException>(() => StoreFiles.Check(Store, user: 1000, Read));

        Assert.StartsWith($"Cannot use {Store} as a store: {theirs} belongs to user 1001, and this program runs as", error.Message);
    }

    private static FileRights? Rights(uint owner) => new FileRights(IsFolder: false, owner, 0, ReadableFile);

    private static uint NumberOf(string option)
    {
        using var id = Process.Start(new ProcessStartInfo("id", [option]) { RedirectStandardOutput = true })!;
        return uint.Parse(id.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    private static void AssertPrivate(string path)
    {
        AssertPrivate(new DirectoryInfo(path));
        Assert.All(new DirectoryInfo(path).GetFileSystemInfos("*", SearchOption.AllDirectories), AssertPrivate);
    }

    private static void AssertPrivate(FileSystemInfo entry) =>
        Assert.Equal(entry is DirectoryInfo ? Folder : Folder & ~UnixFileMode.UserExecute, entry.UnixFileMode);

    private void Write() => Write(Options);

    private static void Write(StoreOptions options)
    {
        using var directory = StoreDirectory.Open(options);
        using var store = directory.StoreOf(Owner);
        if (store.Open(Owner, [], new Listener()).IsNew)
        {
            store.Write(new Effect.Persist(new Ticket(1), null, [Life.Entry(1, 1)]));
            store.SaveSnapshot(Life.Snapshot(1), Life.Bytes(100, 1));
        }
    }
}

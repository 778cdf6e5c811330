namespace FourNodes.Tests;

public sealed class LogFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("four-nodes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folder_of_logs_is_for_its_user_only()
    {
        var logs = Path.Combine(_folder, "logs");

        HoconFiles.CreatePrivate(logs);

        Assert.True(Directory.Exists(logs));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(logs).UnixFileMode);
        }
    }
}

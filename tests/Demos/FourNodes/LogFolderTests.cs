namespace FourNodes.Tests;

public sealed class LogFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_of_logs_is_for_its_user_only()
    {
        var logs = _folder["logs"];

        HoconFiles.CreatePrivate(logs);

        Assert.True(Directory.Exists(logs));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, new DirectoryInfo(logs).UnixFileMode);
        }
    }
}

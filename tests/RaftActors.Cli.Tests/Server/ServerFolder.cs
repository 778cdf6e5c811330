namespace RaftActors.Cli.Tests.Server;

/// <summary>Server processes with a data directory each. Dispose ends them and deletes the directories.</summary>
internal sealed class ServerFolder : IDisposable
{
    private readonly List<ServerProcess> _servers = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("raft").FullName;

    public static string ListOf(params int[] ports) => string.Join(',', ports.Select(port => $":{port}"));

    public string DataOf(int port) => System.IO.Path.Combine(Path, $"_{port}");

    public ServerProcess Start(string cluster, int port, params string[] more)
    {
        var server = ServerProcess.Start(["server", "-c", cluster, "-p", $":{port}", "--data", DataOf(port), .. more]);
        _servers.Add(server);
        return server;
    }

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        Directory.Delete(Path, recursive: true);
    }
}

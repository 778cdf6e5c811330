namespace RaftActors.Cli.Tests.Server;

/// <summary>Servers on ports that were free, each with a directory of its own; all of them end with it.</summary>
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

namespace RaftActors.Benchmarks.Persist;

/// <summary>A new PostgreSQL server on the loopback address, which syncs each commit. Its end removes no file.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";

    private static readonly TimeSpan TimeMax = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly int _port = FreePorts.Next();

    private PostgresServer(string folder) => _folder = folder;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=benchmark;Database=postgres";

    /// <param name="folder">Must not exist. The server refuses to run as root, so the user postgres gets it then.</param>
    /// <exception cref="UsageException">PostgreSQL is not installed, or cannot start.</exception>
    public static async Task<PostgresServer> StartAsync(string folder)
    {
        if (!File.Exists($"{Programs}/initdb"))
        {
            throw new UsageException("PostgreSQL 15 is not installed. Install it: apt-get install postgresql-15");
        }

        var server = new PostgresServer(folder);
        string[] owner = Environment.IsPrivilegedProcess ? ["-o", "postgres"] : [];
        await CheckAsync("install", ["-d", "-m", "700", .. owner, folder]);
        await server.RunAsync("initdb", "-U", "benchmark", "-A", "trust", "-E", "UTF8", "--no-locale");
        var options = $"-p {server._port} -h 127.0.0.1 -k '' -c fsync=on -c synchronous_commit=on";
        await server.RunAsync("pg_ctl", "-w", "-l", $"{folder}/log", "-o", options, "start");
        return server;
    }

    public async ValueTask DisposeAsync() => await RunAsync("pg_ctl", "-w", "-m", "immediate", "stop");

    // In its own folder, because the user postgres may not enter the current one.
    private Task RunAsync(string program, params string[] options)
    {
        string[] command = ["-C", _folder, $"{Programs}/{program}", "-D", _folder, .. options];
        return Environment.IsPrivilegedProcess
            ? CheckAsync("runuser", ["-u", "postgres", "--", "env", .. command])
            : CheckAsync("env", command);
    }

    private static async Task CheckAsync(string program, string[] arguments)
    {
        using var child = ChildProcess.Start(program, arguments);
        if (await child.Ended(TimeMax) is not 0)
        {
            throw new UsageException(
                $"PostgreSQL cannot run: '{program} {string.Join(' ', arguments)}' failed. Use a --directory that the user postgres can "
                + $"enter. Its last lines are:\n{string.Join('\n', child.Lines(_ => true).TakeLast(5).Select(line => line.Text))}");
        }
    }
}

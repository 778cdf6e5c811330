namespace RaftActors.Benchmarks.Compare;

/// <summary>The peers. The Go programs are built with the libraries of Debian; dotNext is a package of this program.</summary>
internal static class Peers
{
    private const string DebianSources = "/usr/share/gocode";

    private static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(10);

    // The year of each measured version. Debian's packages may be years behind.
    private static readonly Dictionary<string, int> Years = new()
    {
        ["dotNext 6.12.0"] = 2026,
        ["hashicorp/raft 1.1.2"] = 2020,
        ["etcd 3.4.23"] = 2022,
    };

    private static readonly string[] Hashicorp =
        ["golang-github-hashicorp-raft-dev", "golang-github-hashicorp-raft-boltdb-dev", "golang-go"];

    private static readonly string[] Etcd = ["etcd-server", "golang-etcd-server-dev", "golang-go"];

    /// <exception cref="UsageException">A package is missing, or the program does not compile.</exception>
    public static async Task<Contender> PrepareAsync(string name, CancellationToken stop) => name switch
    {
        "dotnext" => new Contender(WithYear(DotNextNode.Name), "dotnet", typeof(Peers).Assembly.Location, DotNextNode.Verb)
        {
            // A follower replies when it has written the entry to a mapped file. CommitAsync waits for the sync of its own node only.
            Durability = "synced by the leader before the acknowledgement, by followers after it",
            MemoryFolder = "/dev/shm",
            Supports = Contender.IsAppendAtLeader,
        },
        "hashicorp" => new Contender(WithYear($"hashicorp/raft {await VersionOf(Hashicorp)}"), await BuildAsync(name, stop))
        {
            Durability = Contender.SyncsFirst,
            Supports = Contender.IsAppendAtLeader,
        },
        _ => new Contender(WithYear($"etcd {await VersionOf(Etcd)}"), await BuildAsync(name, stop))
        {
            Durability = Contender.SyncsFirst,
            Ports = 6,
            IsOneProcess = true,
            Supports = cell => cell is { Store: "file", Topology: "multi", At: "remote", Voters: 3, Groups: 1 },
        },
    };

    // A version of Debian, such as 1.1.2-1, ends with a revision.
    private static string WithYear(string name) =>
        Years.TryGetValue(name.Split('-')[0], out var year) ? $"{name} of {year}" : $"{name} of an unknown year";

    // The version of the first package. All of them are needed.
    private static async Task<string> VersionOf(string[] packages)
    {
        var versions = new List<string>();
        foreach (var package in packages)
        {
            versions.Add(await QueryAsync(package) ?? throw new UsageException(
                $"The Debian package {package} is not installed. Install all: apt-get install {string.Join(' ', packages)}"));
        }

        return versions[0];
    }

    private static async Task<string?> QueryAsync(string package)
    {
        using var query = Process.Start(new ProcessStartInfo("dpkg-query", ["-W", "-f", "${db:Status-Status} ${Version}", package])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = await query.StandardOutput.ReadToEndAsync();
        await query.WaitForExitAsync();
        return output.Split(' ') is ["installed", var version] ? version : null;
    }

    private static async Task<string> BuildAsync(string name, CancellationToken stop)
    {
        var sources = Path.Combine(AppContext.BaseDirectory, "Compare", "go");
        var program = Path.Combine(AppContext.BaseDirectory, "Compare", "bin", name);
        Console.Error.WriteLine($"Building {name}. The first time takes half a minute.");
        using var build = ChildProcess.Start("go", ["build", "-o", program, name], new Dictionary<string, string>
        {
            ["GO111MODULE"] = "off",
            ["GOPATH"] = $"{sources}:{DebianSources}",
        });
        await using var stopping = stop.Register(build.Kill);
        if (await build.Ended(BuildTime) is not 0)
        {
            stop.ThrowIfCancellationRequested();
            throw new UsageException(
                $"go cannot build {sources}/src/{name}:\n{string.Join('\n', build.Lines(_ => true).Select(line => line.Text))}");
        }

        return program;
    }
}

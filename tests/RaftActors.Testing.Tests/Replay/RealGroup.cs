using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Testing.Tests.Replay;

/// <summary>
/// The store of a group that ran on one node: a snapshot of 10 pairs, and 20 pairs after it. Two backups have the same, the second one the
/// last 10 pairs.
/// </summary>
internal sealed class RealGroup : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RealGroup()
    {
        using var system = ActorSystem.Create("counters", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = OFF, stdout-loglevel = OFF }
            raft {
              node = node1, nodes = [node1], quorum.allow-fewer-than-three = on, snapshot.retained-entries = 0
              store.directory = "{{Directory.Replace('\\', '/')}}"
            }
            """));
        system.ActorOf(Props.Create(() => new Counter(0)), "counters");
        Backups = RunAsync(system).WaitAsync(Guard).GetAwaiter().GetResult();
        system.Terminate().Wait(Guard);
    }

    public string Directory => _folder["store"];

    public string[] Backups { get; }

    public void Damage()
    {
        var file = System.IO.Directory.GetFiles(Directory, "*.snap", SearchOption.AllDirectories).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> RunAsync(ActorSystem system)
    {
        await using var client = Raft.Get(system).CreateClient<int, int>("counters");
        await AppendAsync();
        await client.TakeSnapshotAsync(new ProcessName("counters@node1"));
        await AppendAsync();
        var full = await client.BackupAsync(_folder["full"]);
        await AppendAsync();
        var next = await client.BackupAsync(_folder["next"], continues: full.Path);
        return [full.Path, next.Path];

        async Task AppendAsync()
        {
            for (var number = 1; number <= 10; number++)
            {
                (await client.AppendAsync("clicks", number)).OrThrow();
            }
        }
    }
}

/// <param name="lost">A fault of RestoreSnapshot.</param>
internal sealed class Counter(int lost = 0) : RaftActor<int, int>, IRaftSnapshot<int>
{
    private int _total;

    public int TakeSnapshot(Serial serial) => _total;

    public void RestoreSnapshot(Serial serial, int state) => _total = state - lost;

    protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;
}

/// <summary>One that reads another form of snapshots.</summary>
internal sealed class Unable : RaftActor<int, int>, IRaftSnapshot<string>
{
    public string TakeSnapshot(Serial serial) => "";

    public void RestoreSnapshot(Serial serial, string state)
    {
    }

    protected override int HandleAppend(Entry<int> entry) => 0;
}

using Akka.Actor;
using Akka.Configuration;

namespace RaftActors.Examples;

/// <summary>Runs the code of docs/how-to/back-up-and-restore.md.</summary>
public sealed class BackupsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("backups").FullName;
    private readonly List<ActorSystem> _systems = [];

    [Fact]
    public async Task Counter_of_a_restored_group_counts_on()
    {
        await CountAsync(StartNode("first"), 41, total: 41);
        await using var client = Raft.Get(_systems[0]).CreateClient<int, int>("counter");
        var backup = await Backups.TakeAsync(client, Path.Combine(_folder, "monday.backup"));

        await Backups.RestoreAsync(backup.Path, [new ProcessName("counter@node1")], _ => Path.Combine(_folder, "second"));

        Assert.Equal(1, backup.Serial.Value);
        await CountAsync(StartNode("second"), 1, total: 42);
    }

    public void Dispose()
    {
        Task.WaitAll(_systems.Select(system => system.Terminate()));
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task CountAsync(IActorRef counter, int number, int total)
    {
        var outcome = await counter.Ask<Outcome<int>>(new Count(number), Guard);
        Assert.Equal(total, outcome.OrThrow().ResultOr(0));
    }

    private IActorRef StartNode(string directory)
    {
        _systems.Add(ActorSystem.Create("counters", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = WARNING, stdout-loglevel = OFF }
            raft {
              node = node1
              nodes = [node1]
              quorum.allow-fewer-than-three = on
              store.directory = "{{Path.Combine(_folder, directory).Replace('\\', '/')}}"
            }
            """)));
        return _systems[^1].ActorOf(Props.Create(() => new Counter()), "counter");
    }
}

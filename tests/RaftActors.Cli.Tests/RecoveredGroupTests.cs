using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Cli.Tests;

/// <summary><c>raft recover</c> and <c>raft log repair</c> on the stores of a real group, and what becomes of the group then.</summary>
public sealed class RecoveredGroupTests : TestKit
{
    // Nothing takes as long on a machine that works.
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private readonly StoreFolder _folder = new();
    private ActorSystem? _system;

    public RecoveredGroupTests()
        : base("akka.loglevel = ERROR")
    {
    }

    [Fact]
    public void Two_of_five_that_lost_the_others_elect_a_leader_have_all_that_was_acknowledged_and_go_on()
    {
        Start(1, 2, 3, 4, 5);
        for (var i = 1; i <= 20; i++)
        {
            Assert.Equal(new Serial(i), Append(1, $"key{i}"));
        }

        Stop();
        foreach (var survivor in new[] { 1, 2 })
        {
            var run = Run.Of(
                "recover", "--data", _folder.Path, "--group", "default", "--process", $"raft{survivor}@node1",
                "--members", "raft1@node1,raft2@node1", "--yes");
            Assert.Equal((0, ""), (run.Code, run.Error));
        }

        Start(1, 2);

        Assert.Equal(new Serial(21), Append(2, "key21"));
        Assert.Equal(new Serial(22), Append(1, "key22"));
        ExpectHandedOver(1, 22);
        ExpectHandedOver(2, 22);
    }

    [Fact]
    public void Process_whose_damaged_store_was_repaired_is_taken_in_again_by_itself()
    {
        Start(1, 2, 3);
        Append(1, "key1");
        Stop();
        Damage("raft3@node1", "key1");

        Assert.Equal(1, Run.Of("log", "verify", "--data", _folder.Path).Code);
        Assert.Equal(0, Run.Of("log", "repair", "--data", _folder.Path, "--yes").Code);
        Start(1, 2, 3);

        ExpectHandedOver(3, 1);
        Assert.Equal(new Serial(2), Append(3, "key2"));
    }

    protected override void AfterAll()
    {
        Stop();
        _folder.Dispose();
        base.AfterAll();
    }

    private void Start(params int[] numbers)
    {
        _system = ActorSystem.Create("recovered", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            raft {
              node = node1
              roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1", "raft5@node1"]
              tick-interval = 20ms
              heartbeat-interval = 60ms
              election-timeout { min = 200ms, max = 400ms }
              founding-timeout = 500ms
              store { directory = "{{_folder.Path}}", segment-size = 1MiB, free-space-floor = 0b }
            }
            """));
        var roster = numbers.Contains(5) || numbers.Length == 2 ? null : numbers.Select(number => $"raft{number}@node1").ToArray();
        foreach (var number in numbers)
        {
            _system.ActorOf(Props.Create(() => new Teller(TestActor, roster)), $"raft{number}");
        }
    }

    private void Stop() => Assert.True(_system?.Terminate().Wait(Guard) ?? true);

    private Serial Append(int number, string key)
    {
        _system!.ActorSelection($"/user/raft{number}").Tell(key, TestActor);
        return ((AppendOutcome.Done)FishForMessage(message => message is AppendOutcome.Done, Guard)).Serial;
    }

    // In order, up to the last; what was told before the outcome of an Append was left aside.
    private void ExpectHandedOver(int number, long last)
    {
        _system!.ActorSelection($"/user/raft{number}").Tell(new Teller.WhenAt(new Serial(last)), TestActor);
        var keys = (string[])FishForMessage(message => message is string[], Guard);
        Assert.Equal(Enumerable.Range(1, (int)last).Select(serial => $"key{serial}"), keys);
    }

    // A byte of the entry of this key in one process's store.
    private void Damage(string process, string key)
    {
        var run = Run.Of("log", "dump", "--data", _folder.Path, "--process", process, "--json");
        var item = run.Objects.Single(item => item.TryGetProperty("key", out var found) && found.GetString() == key);
        var path = Path.Combine(_folder.Path, item.GetProperty("file").GetString()!);
        var bytes = File.ReadAllBytes(path);
        bytes[item.GetProperty("offset").GetInt64() + 45] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Appends what it is told, and tells what it was handed.</summary>
    private sealed class Teller : RaftActor<string>
    {
        private readonly List<string> _keys = [];
        private readonly List<(Serial Serial, IActorRef Asker)> _asked = [];

        public Teller(IActorRef watcher, string[]? roster)
            : base(new RaftOptions<string> { Roster = roster })
        {
            Receive<string>(key => Raft.Append(key, key, Guard, watcher));
            Receive<WhenAt>(when =>
            {
                _asked.Add((when.Serial, Sender));
                Tell();
            });
        }

        protected override object? HandleAppend(Entry<string> entry)
        {
            _keys.Add(entry.Key);
            Tell();
            return null;
        }

        private void Tell()
        {
            foreach (var asked in _asked.Where(asked => asked.Serial == Raft.Serial).ToArray())
            {
                _asked.Remove(asked);
                asked.Asker.Tell(_keys.ToArray());
            }
        }

        internal sealed record WhenAt(Serial Serial);
    }
}

using System.Buffers;
using System.Text;

using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Entities;
using RaftActors.Tests.Wire;
using RaftActors.Values;

namespace RaftActors.Tests.Entities;

/// <summary>Entities that throw, on one node or on all. The programs of the nodes differ in the commands that they know.</summary>
public sealed class EntityQuarantineTests : TestKit
{
    private readonly ValueCodec<object?> _commands;
    private readonly List<(string Id, object Command)> _log = [];

    public EntityQuarantineTests() => _commands = new ValueCodec<object?>(Sys);

    [Fact]
    public void Entity_that_throws_holds_its_commands_and_the_others_go_on()
    {
        var node = new Node(this);
        Commit("a", "1", "x");
        Commit("b", "1");
        Commit("a", "2");

        Assert.Equal(["a:1", null, "b:1", null], node.Replay());

        var quarantined = Assert.Single(node.Table.Quarantined).Value;
        Assert.Equal(("a", new Serial(2)), (quarantined.Id, quarantined.Serial));
        Assert.Contains("NotSupportedException", quarantined.Reason);
        Assert.Contains("'a'", Assert.Throws<InvalidOperationException>(() => node.Ask("a")).Message);
        Assert.Equal("b:1", node.Ask("b"));
    }

    [Fact]
    public void Held_commands_are_bounded_and_the_command_above_the_bound_is_refused_and_not_lost()
    {
        const int Bound = 100_000;
        var node = new Node(this, Bound);
        Commit("b", "1");
        Commit("a", "x");
        node.Replay();
        var block = new string('1', 1000);
        Commit("a", [.. Enumerable.Repeat(block, 10 * Bound / block.Length)]);

        var full = Assert.Throws<QuarantineFullException>(node.Replay);

        Assert.InRange(node.Table.HeldSize, Bound - (2 * block.Length), Bound);
        Assert.Contains("'a'", full.Message);
        Assert.Equal("b:1", node.Ask("b"));

        // A program that handles the commands begins with what is held, and goes on in the log.
        var held = node.Replayed - 2;
        var next = new Node(this) { Known = "x" };
        next.RestoreAt(node.TakeSnapshot(), node.Replayed);
        Assert.Equal($"a:x{new string('1', held * block.Length)}", next.Ask("a"));
        Assert.Equal(0, next.Table.HeldSize);
    }

    // Therefore the exception names no reset as a repair.
    [Fact]
    public void Reset_behind_the_command_above_the_bound_is_not_reached_by_a_restart()
    {
        const int Bound = 10_000;
        Commit("a", "x", new string('1', Bound));
        Commit("a", EntityReset.Instance);

        Assert.Throws<QuarantineFullException>(new Node(this, Bound).Replay);
        var restarted = new Node(this, Bound);
        var full = Assert.Throws<QuarantineFullException>(restarted.Replay);

        Assert.Equal(1, restarted.Replayed);
        Assert.Contains("ResetAsync is too late", full.Message);
        var next = new Node(this, Bound) { Known = "x" };
        next.Replay();
        Assert.Equal(3, next.Replayed);
    }

    [Fact]
    public void Reset_makes_room_for_the_commands_of_other_quarantined_entities()
    {
        var node = new Node(this);
        Commit("a", "x", "1", "2");
        Commit("b", "y");
        node.Replay();
        var all = node.Table.HeldSize;

        node.Table.TryApply(new Entry<object?>(new Serial(100), "a", EntityReset.Instance), TimeSpan.Zero, out _);

        Assert.InRange(node.Table.HeldSize, 1, all - 1);
        node.Table.TryApply(new Entry<object?>(new Serial(101), "b", EntityReset.Instance), TimeSpan.Zero, out _);
        Assert.Equal(0, node.Table.HeldSize);
    }

    [Fact]
    public void Next_program_handles_the_held_commands_of_a_snapshot_in_order()
    {
        var old = new Node(this);
        Commit("a", "1", "x", "2");
        Commit("b", "1");
        old.Replay();
        var snapshot = old.TakeSnapshot();

        var next = new Node(this) { Known = "x" };
        next.Restore(snapshot);

        Assert.Empty(next.Table.Quarantined);
        Assert.Equal(("a:1x2", "b:1"), (next.Ask("a"), next.Ask("b")));
        Commit("a", "3");
        Assert.Equal("a:1x23", next.Replay()[^1]);
    }

    [Fact]
    public void Held_commands_and_entities_of_a_snapshot_keep_their_times()
    {
        var old = new Node(this);
        Commit("a", "x", "time", "1");
        Commit("b", "1");
        old.Replay();

        var next = new Node(this) { Known = "x" };
        next.Restore(old.TakeSnapshot());

        Assert.Equal(("a:x21", "3", "4"), (next.Ask("a"), next.Ask("a", "time"), next.Ask("b", "time")));
        Assert.Equal("0", next.Ask("c", "time"));
    }

    [Fact]
    public void Program_that_cannot_handle_the_held_commands_either_passes_them_on()
    {
        var old = new Node(this);
        Commit("a", "1", "x", "2");
        old.Replay();

        var same = new Node(this);
        same.Restore(old.TakeSnapshot());
        Assert.Equal(new Serial(2), same.Table.Quarantined["a"].Serial);
        Commit("a", "3");
        Assert.Equal([null], same.Replay());

        var next = new Node(this) { Known = "x" };
        next.Restore(same.TakeSnapshot());
        Assert.Equal("a:1x23", next.Ask("a"));
    }

    [Fact]
    public void Program_that_handles_a_part_of_the_held_commands_names_the_next_one_that_throws()
    {
        var old = new Node(this);
        Commit("a", "x", "1", "y");
        old.Replay();
        Assert.Equal(new Serial(1), old.Table.Quarantined["a"].Serial);

        var next = new Node(this) { Known = "x" };
        next.Restore(old.TakeSnapshot());

        Assert.Equal(new Serial(3), next.Table.Quarantined["a"].Serial);
    }

    [Fact]
    public void Node_that_throws_alone_is_behind_and_not_different()
    {
        var (broken, sound) = (new Node(this), new Node(this) { Known = "x" });
        Commit("a", "1", "x", "2");
        broken.Replay();
        sound.Replay();
        Assert.Throws<InvalidOperationException>(() => broken.Ask("a"));
        Assert.Equal("a:1x2", sound.Ask("a"));

        broken.Known = "x";
        broken.Restore(broken.TakeSnapshot());

        Assert.Equal("a:1x2", broken.Ask("a"));
        Assert.Equal(sound.TakeSnapshot().ToArray(), broken.TakeSnapshot().ToArray());
    }

    [Fact]
    public void Failure_that_does_not_come_again_leaves_no_trace_in_the_state()
    {
        var node = new Node(this) { Known = "x" };
        Commit("a", "1");
        node.Replay();
        node.FailuresLeft = 1;
        Commit("a", "x", "2");

        Assert.Equal(["a:1x", "a:1x2"], node.Replay());
        Assert.Empty(node.Table.Quarantined);
    }

    [Fact]
    public void Object_that_was_changed_before_the_exception_is_not_used_again()
    {
        var node = new Node(this);
        Commit("a", "1", "dirty x");
        node.Replay();
        Assert.Single(node.Table.Quarantined);

        node.Known = "x";
        node.Restore(node.TakeSnapshot());

        Assert.Equal("a:1dirty x", node.Ask("a"));
    }

    [Fact]
    public void Passivated_and_restored_entity_that_throws_keeps_the_commands_before()
    {
        var node = new Node(this);
        Commit("a", "1", "2");
        node.Replay();
        node.Restore(node.TakeSnapshot());
        Commit("a", "3", "x");
        node.Replay();

        node.Known = "x";
        node.Restore(node.TakeSnapshot());

        Assert.Equal("a:123x", node.Ask("a"));
    }

    [Fact]
    public void Entity_that_was_removed_before_it_throws_begins_anew()
    {
        var node = new Node(this);
        Commit("a", "1", "remove", "2", "x", "remove", "3");
        node.Replay();

        node.Known = "x";
        node.Restore(node.TakeSnapshot());

        Assert.Equal("a:3", node.Ask("a"));
    }

    [Fact]
    public void Reset_drops_the_state_and_the_held_commands()
    {
        var node = new Node(this);
        Commit("a", "1", "x", "2");
        Commit("a", EntityReset.Instance);
        Commit("a", "3");

        Assert.Equal("a:3", node.Replay()[^1]);
        Assert.Empty(node.Table.Quarantined);
        Assert.Equal("a:3", node.Ask("a"));
    }

    [Fact]
    public void Reset_removes_an_entity_that_this_node_could_handle_and_no_other_one()
    {
        var (active, passive) = (new Node(this), new Node(this));
        Commit("a", "1");
        Commit("b", "1");
        Commit("c", "x");
        active.Replay();
        passive.Replay();
        passive.Table.Passivate(Node.Now);
        Commit("a", EntityReset.Instance);

        Assert.Equal([null, null], [.. active.Replay(), .. passive.Replay()]);
        Assert.Equal(("a:", "a:"), (active.Ask("a"), passive.Ask("a")));
        Assert.Equal(("b:1", "b:1"), (active.Ask("b"), passive.Ask("b")));
        Assert.Equal(["c", "c"], [.. active.Table.Quarantined.Keys, .. passive.Table.Quarantined.Keys]);
    }

    [Fact]
    public void State_that_cannot_be_written_stops_neither_passivation_nor_snapshots()
    {
        foreach (var passivates in new[] { true, false })
        {
            var node = new Node(this);
            Commit("a", "1", "?");
            Commit("b", "1");
            node.Replay();
            if (passivates)
            {
                node.Table.Passivate(Node.Now);
            }

            node.Restore(node.TakeSnapshot());

            Assert.Contains("a", node.Table.Quarantined.Keys);
            Assert.Equal("b:1", node.Ask("b"));
            node.WritesAll = true;
            node.Restore(node.TakeSnapshot());
            Assert.Equal("a:1?", node.Ask("a"));
            _log.Clear();
        }
    }

    [Fact]
    public void Stored_state_that_cannot_be_read_quarantines_its_entity_alone()
    {
        var node = new Node(this);
        Commit("a", "1");
        Commit("b", "1");
        node.Replay();
        var snapshot = node.TakeSnapshot();
        node.Unreadable = "1";
        node.Restore(snapshot);
        Commit("a", "2");

        Assert.Equal([null], node.Replay());
        node.Restore(node.TakeSnapshot());
        Assert.Equal(new Serial(3), node.Table.Quarantined["a"].Serial);
        node.Unreadable = null;
        node.Restore(node.TakeSnapshot());

        Assert.Equal(("a:12", "b:1"), (node.Ask("a"), node.Ask("b")));
    }

    [Fact]
    public void Command_that_the_log_has_no_more_is_an_exception_of_the_actor()
    {
        var node = new Node(this) { LogBegins = 2 };
        Commit("a", "1", "x");

        Assert.Throws<NotSupportedException>(() => node.Replay());
    }

    [Fact]
    public void Busy_entity_is_brought_up_from_its_last_commands()
    {
        var node = new Node(this);
        Commit("a", [.. Enumerable.Repeat<object>("1", EntityTable<Text, string>.CommandsMax)]);
        node.Replay();
        node.LogBegins = _log.Count + 1;
        Commit("a", "2", "x");
        node.Replay();

        node.Known = "x";
        node.Restore(node.TakeSnapshot());

        Assert.EndsWith("112x", node.Ask("a"));
    }

    [Fact]
    public void Snapshot_with_a_quarantine_has_the_golden_bytes()
    {
        var node = new Node(this);
        Commit("a", "1", "x", "2");
        Commit("b", "1");
        node.Replay();

        var written = Convert.ToHexStringLower(node.TakeSnapshot().ToArray());

        Assert.Equal(GoldenFiles.Of("entities", written, "snapshots"), written);
        node.Restore(new MemoryStream(Convert.FromHexString(written)));
        Assert.Equal(new Serial(2), node.Table.Quarantined["a"].Serial);
        Assert.Equal("b:1", node.Ask("b"));
    }

    [Fact]
    public void Snapshot_with_a_quarantine_that_ends_too_early_is_refused()
    {
        var node = new Node(this);
        Commit("a", "1", "x", "2");
        node.Replay();
        var whole = node.TakeSnapshot().ToArray();

        Assert.All(
            Enumerable.Range(0, whole.Length),
            length => Assert.ThrowsAny<Exception>(() => node.Restore(new MemoryStream(whole[..length]))));
    }

    private void Commit(string id, params object[] commands) => _log.AddRange(commands.Select(command => (id, command)));

    /// <summary>One replica, with its program.</summary>
    private sealed class Node
    {
        private readonly EntityQuarantineTests _test;
        private int _next;

        public Node(EntityQuarantineTests test, long heldSizeMax = EntityTable.HeldSizeMax)
        {
            _test = test;
            Table = new EntityTable<Text, string>(
                () => new Text(this),
                new ValueCodec<string>(test.Sys, new TextCodec(this)),
                test._commands,
                Read,
                (_, _) => { },
                heldSizeMax);
        }

        public static TimeSpan Now => TimeSpan.FromMinutes(1);

        public EntityTable<Text, string> Table { get; }

        /// <summary>Those of the letters x and y that the program handles.</summary>
        public string Known { get; set; } = "";

        public string? Unreadable { get; set; }

        /// <summary>The codec writes question marks, too.</summary>
        public bool WritesAll { get; set; }

        public int FailuresLeft { get; set; }

        public int LogBegins { get; set; } = 1;

        /// <summary>Applies the log from where this node is. Null: the command is held, or its result is null.</summary>
        public object?[] Replay()
        {
            List<object?> results = [];
            while (_next < _test._log.Count)
            {
                var (id, command) = _test._log[_next];
                var serial = new Serial(_next + 1);
                var entry = new Entry<object?>(serial, id, command) { Time = TimeOf(serial).ToDateTimeOffset() };
                results.Add(Table.TryApply(entry, Now, out var result) ? result : null);
                _next++;
            }

            return [.. results];
        }

        private StoredPair? Read(Serial serial)
        {
            var (id, command) = _test._log[(int)serial.Value - 1];
            return serial.Value < LogBegins ? null : new StoredPair(serial, id, _test._commands.Encode(command), TimeOf(serial));
        }

        private static LogTime TimeOf(Serial serial) => new(1000 * serial.Value);

        public string? Ask(string id, object? question = null) => (string?)Table.Answer(id, question, Now);

        public MemoryStream TakeSnapshot()
        {
            MemoryStream stream = new();
            Assert.True(Table.ToWriter()(stream, CancellationToken.None).IsCompletedSuccessfully);
            stream.Position = 0;
            return stream;
        }

        /// <summary>The pairs that were applied or held.</summary>
        public int Replayed => _next;

        /// <summary>Restores a snapshot of the first pairs.</summary>
        public void RestoreAt(MemoryStream snapshot, int replayed)
        {
            (_next, LogBegins) = (replayed, replayed + 1);
            Table.Read(snapshot);
        }

        public void Restore(MemoryStream snapshot)
        {
            snapshot.Position = 0;
            LogBegins = _next = _test._log.Count;
            LogBegins++;
            Table.Read(snapshot);
        }
    }

    private sealed class TextCodec(Node node) : RaftCodec<string>
    {
        public override void Encode(string value, IBufferWriter<byte> output)
        {
            if (value.Contains('?') && !node.WritesAll)
            {
                throw new NotSupportedException("A question mark cannot be written.");
            }

            output.Write(Encoding.UTF8.GetBytes(value));
        }

        public override string Decode(ReadOnlySpan<byte> bytes) =>
            Encoding.UTF8.GetString(bytes) is var text && text == node.Unreadable ? throw new InvalidDataException("unreadable") : text;
    }

    /// <summary>Appends its commands, and throws for the letters x and y unless its program knows them.</summary>
    private sealed class Text(Node node) : ReplicatedEntity<string>
    {
        protected override string NewState() => "";

        protected override object? HandleCommand(object? command)
        {
            var text = (string)command!;
            if (text == "remove")
            {
                Remove();
                return null;
            }

            State += text == "time" ? $"{Time.ToUnixTimeSeconds()}" : text;
            if ((text[^1] is 'x' or 'y' && !node.Known.Contains(text[^1])) || node.FailuresLeft-- > 0)
            {
                throw new NotSupportedException($"{text} is unknown.");
            }

            return $"{Id}:{State}";
        }

        protected override object? HandleQuestion(object? question) =>
            question is "time" ? $"{Time.ToUnixTimeSeconds()}" : $"{Id}:{State}";
    }
}

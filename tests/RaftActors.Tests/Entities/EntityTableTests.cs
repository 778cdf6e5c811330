using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Entities;
using RaftActors.Values;

namespace RaftActors.Tests.Entities;

public sealed class EntityTableTests : TestKit
{
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(2);

    private readonly EntityTable<Sum, long> _table;
    private long _serial;

    public EntityTableTests() => _table = NewTable();

    [Fact]
    public void Passivated_entity_goes_on_with_its_state_and_serial()
    {
        Add("a", 5);
        _table.Passivate(Start);
        Assert.Equal(0, _table.ActiveCount);

        Assert.Equal(12L, Add("a", 7));
        _table.Passivate(Start);
        Assert.Equal("a has 12 as of serial 2", _table.Answer("a", "serial", Start));
    }

    [Fact]
    public void Entity_that_was_called_lately_is_not_passivated()
    {
        Add("a", 5);
        Add("b", 5);
        _table.Answer("b", null, Later);

        _table.Passivate(Start);

        Assert.Equal(1, _table.ActiveCount);
    }

    [Fact]
    public void Question_about_an_unknown_id_makes_no_entity()
    {
        Assert.Equal(0L, _table.Answer("unknown", null, Start));

        Assert.Equal(0, _table.ActiveCount);
        Assert.Empty(IdsOf(_table));
    }

    [Fact]
    public void Removed_entity_is_gone_and_its_id_begins_anew()
    {
        Add("a", 5);
        _table.Passivate(Start);
        Apply("a", "remove");

        Assert.Empty(IdsOf(_table));
        Assert.Equal(7L, Add("a", 7));
        Assert.Equal(["a"], IdsOf(_table));
    }

    [Fact]
    public void Question_that_calls_Remove_removes_nothing()
    {
        Add("a", 5);
        _table.Answer("a", "remove", Start);

        Assert.Equal(12L, Add("a", 7));
        Assert.Equal(["a"], IdsOf(_table));
    }

    [Fact]
    public void Snapshot_has_the_states_of_its_moment_though_commands_go_on_before_it_is_written()
    {
        Add("active", 1);
        Add("passive", 2);
        _table.Passivate(Start);
        Add("active", 10);
        var writer = _table.ToWriter();
        Add("active", 100);
        Add("passive", 100);
        _table.Passivate(Start);
        Add("new", 100);

        var restored = NewTable();
        restored.Read(Write(writer));

        Assert.Equal((11L, 2L, 0L), (Read(restored, "active"), Read(restored, "passive"), Read(restored, "new")));
    }

    [Fact]
    public void Restored_snapshot_replaces_active_and_passive_entities()
    {
        Add("kept", 1);
        var snapshot = Write(_table.ToWriter());
        Add("kept", 10);
        Add("active", 10);
        Add("passive", 10);
        _table.Passivate(Start);
        Add("active", 10);

        _table.Read(snapshot);

        Assert.Equal((1L, 0L, 0L), (Read(_table, "kept"), Read(_table, "active"), Read(_table, "passive")));
        Assert.Equal(["kept"], IdsOf(_table));
    }

    [Fact]
    public void Snapshot_of_another_version_is_refused() =>
        Assert.Contains("version 9", Assert.Throws<InvalidDataException>(() => _table.Read(new MemoryStream([9, 0, 0, 0, 0]))).Message);

    [Fact]
    public void Snapshot_that_ends_too_early_is_refused()
    {
        Add("a", 1);
        var whole = Write(_table.ToWriter()).ToArray();

        Assert.All(
            Enumerable.Range(0, whole.Length),
            length => Assert.ThrowsAny<Exception>(() => NewTable().Read(new MemoryStream(whole[..length]))));
    }

    [Fact]
    public void Question_keeps_its_id_and_its_bytes()
    {
        var (id, question) = EntityQuestion.Read(EntityQuestion.Write("käse", [1, 2, 3]));

        Assert.Equal("käse", id);
        Assert.Equal([1, 2, 3], question.ToArray());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0 })]
    [InlineData(new byte[] { 5, 0, 0, 0, 65 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 65 })]
    public void Bytes_that_are_no_question_are_refused(byte[] bytes) =>
        Assert.Throws<InvalidDataException>(() => EntityQuestion.Read(bytes));

    private EntityTable<Sum, long> NewTable() => new(
        () => new Sum(),
        new ValueCodec<long>(Sys),
        new ValueCodec<object?>(Sys),
        _ => throw new InvalidOperationException("No entity of these tests fails."),
        (_, cause) => throw cause);

    private object? Add(string id, long number) => Apply(id, number);

    private object? Apply(string id, object command)
    {
        Assert.True(_table.TryApply(new Entry<object?>(new Serial(++_serial), id, command), Start, out var result));
        return result;
    }

    private static object? Read(EntityTable<Sum, long> table, string id) => table.Answer(id, null, Start);

    private static MemoryStream Write(StateWriter writer)
    {
        MemoryStream stream = new();
        Assert.True(writer(stream, CancellationToken.None).IsCompletedSuccessfully);
        stream.Position = 0;
        return stream;
    }

    private static List<string> IdsOf(EntityTable<Sum, long> table)
    {
        using BinaryReader reader = new(Write(table.ToWriter()));
        reader.ReadByte();
        return [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => StoredState.Read(reader).Id)];
    }

    private sealed class Sum : ReplicatedEntity<long>
    {
        protected override long NewState() => 0;

        protected override object? HandleCommand(object? command)
        {
            if (command is long number)
            {
                return State += number;
            }

            Remove();
            return null;
        }

        protected override object? HandleQuestion(object? question)
        {
            if (question is "remove")
            {
                Remove();
            }

            return question is null ? State : $"{Id} has {State} as of serial {Serial}";
        }
    }
}

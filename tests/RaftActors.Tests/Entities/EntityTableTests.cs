namespace RaftActors.Tests.Entities;

public sealed class EntityTableTests : TestKit, IClassFixture<TestKit.SharedSystem>
{
    private readonly EntityTable<Sum, long> _table;
    private readonly List<(string Id, Serial Serial, Exception Cause)> _failed = [];
    private long _serial;

    public EntityTableTests(SharedSystem shared)
        : base(shared) => _table = NewTable();

    [Fact]
    public void Entity_goes_on_with_its_state_and_serial()
    {
        Add("a", 5);

        Assert.Equal(12L, Add("a", 7));
        Assert.Equal("a has 12 as of serial 2", _table.Answer("a", "serial"));
    }

    [Fact]
    public void Question_about_an_unknown_id_makes_no_entity()
    {
        Assert.Equal(0L, _table.Answer("unknown", null));

        Assert.Empty(IdsOf(_table));
    }

    [Fact]
    public void Removed_entity_is_gone_and_its_id_begins_anew()
    {
        Add("a", 5);
        Apply("a", "remove");

        Assert.Empty(IdsOf(_table));
        Assert.Equal(7L, Add("a", 7));
        Assert.Equal(["a"], IdsOf(_table));
    }

    [Fact]
    public void Question_that_calls_Remove_removes_nothing()
    {
        Add("a", 5);
        _table.Answer("a", "remove");

        Assert.Equal(12L, Add("a", 7));
        Assert.Equal(["a"], IdsOf(_table));
    }

    [Fact]
    public void Snapshot_has_the_states_of_its_moment_though_commands_go_on_before_it_is_written()
    {
        Add("a", 1);
        Add("b", 2);
        var writer = _table.ToWriter();
        Add("a", 100);
        Apply("b", "remove");
        Add("new", 100);

        var restored = NewTable();
        restored.Read(Write(writer));

        Assert.Equal((1L, 2L, 0L), (Read(restored, "a"), Read(restored, "b"), Read(restored, "new")));
    }

    [Fact]
    public void Snapshot_has_the_entities_in_the_order_of_their_ids()
    {
        string[] ids = [.. Enumerable.Range(10, 50).Select(number => $"{number}")];
        Array.ForEach(ids, id => Add(id, 1));
        using BinaryReader reader = new(Write(_table.ToWriter()));
        reader.ReadByte();

        Assert.Equal(ids, Enumerable.Range(0, reader.ReadInt32()).Select(_ => StoredState.Read(reader).Id).ToList());
    }

    [Fact]
    public void Restored_snapshot_replaces_all_entities()
    {
        Add("kept", 1);
        var (snapshot, digest) = (Write(_table.ToWriter()), _table.Digest);
        Add("kept", 10);
        Add("other", 10);

        _table.Read(snapshot);

        Assert.Equal((1L, 0L, digest), (Read(_table, "kept"), Read(_table, "other"), _table.Digest));
        Assert.Equal(["kept"], IdsOf(_table));
    }

    [Fact]
    public void Snapshot_has_the_golden_bytes()
    {
        Add("a", 1);

        var written = Convert.ToHexStringLower(Write(_table.ToWriter()).ToArray());

        Assert.Equal(GoldenFiles.Of("entities", written, "snapshots"), written);

        // Nodes compare it, also with those of an earlier version.
        Assert.Equal(0xC165BD9FC1627706UL, _table.Digest);
        _table.Read(new MemoryStream(Convert.FromHexString(written)));
        Assert.Equal("a has 1 as of serial 1", _table.Answer("a", "serial"));
    }

    [Fact]
    public void Command_that_throws_leaves_state_and_serial_as_they_were_and_has_the_exception_as_its_result()
    {
        Add("a", 5);

        var result = Apply("a", new NotSupportedException("never"));

        Assert.Equal(new EntityFailure("NotSupportedException: never"), result);
        Assert.Equal("a has 5 as of serial 1", _table.Answer("a", "serial"));
        Assert.Equal(("a", new Serial(2), "never"), (_failed[0].Id, _failed[0].Serial, _failed[0].Cause.Message));
        Assert.Equal(12L, Add("a", 7));
    }

    [Fact]
    public void First_command_of_an_id_that_throws_makes_no_entity()
    {
        Apply("a", new NotSupportedException("never"));

        Assert.Empty(IdsOf(_table));
        Assert.Equal(0UL, _table.Digest);
    }

    [Theory]
    [InlineData(Refused.ToWrite)]
    [InlineData(Refused.ToRead)]
    public void Command_whose_state_cannot_be_written_and_read_again_fails(long refused)
    {
        var table = NewTable(new Refused());
        table.Apply(new Entry<object?>(new Serial(1), "a", 5L));

        var result = table.Apply(new Entry<object?>(new Serial(2), "a", refused - 5));

        Assert.EndsWith("refused", Assert.IsType<EntityFailure>(result).Text);
        Assert.Equal("a has 5 as of serial 1", table.Answer("a", "serial"));
    }

    [Theory]
    [InlineData(typeof(OutOfMemoryException))]
    [InlineData(typeof(InsufficientExecutionStackException))]
    [InlineData(typeof(TypeLoadException))]
    [InlineData(typeof(DllNotFoundException))]
    [InlineData(typeof(MissingMethodException))]
    [InlineData(typeof(BadImageFormatException))]
    [InlineData(typeof(FileNotFoundException))]
    [InlineData(typeof(FileLoadException))]
    public void Exception_of_the_machine_is_no_result_and_changes_nothing(Type type)
    {
        var exception = (Exception)Activator.CreateInstance(type)!; // Justification: no type of these is a Nullable.
        Add("a", 5);
        var digest = _table.Digest;

        Assert.Same(exception, Assert.ThrowsAny<Exception>(() => Apply("a", exception)));
        var wrapped = new InvalidOperationException("wrapped", exception);
        Assert.Same(wrapped, Assert.ThrowsAny<Exception>(() => Apply("a", wrapped)));

        Assert.Equal(("a has 5 as of serial 1", digest), (_table.Answer("a", "serial"), _table.Digest));
    }

    [Fact]
    public void State_of_a_snapshot_that_cannot_be_read_is_an_error_that_names_its_entity()
    {
        Add("a", 5);
        var snapshot = Write(_table.ToWriter()).ToArray();
        snapshot[^(1 + sizeof(long))] = 99; // The kind of the value.

        var problem = Assert.Throws<InvalidDataException>(() => NewTable().Read(new MemoryStream(snapshot)));

        Assert.StartsWith("The state of the entity 'a' cannot be read: InvalidDataException: ", problem.Message);
    }

    [Fact]
    public void Digest_is_that_of_a_node_that_restores_a_snapshot_at_any_serial()
    {
        Random random = new(1);
        var other = NewTable();
        for (var step = 0; step < 1000; step++)
        {
            object command = random.Next(5) switch { 0 => "remove", 1 => new NotSupportedException("never"), _ => random.NextInt64(9) };
            var id = $"{random.Next(20)}";
            Apply(id, command);
            other.Apply(new Entry<object?>(new Serial(_serial), id, command));
            if (random.Next(10) == 0)
            {
                other = NewTable();
                other.Read(Write(_table.ToWriter()));
            }

            Assert.Equal(_table.Digest, other.Digest);
        }

        foreach (var id in IdsOf(_table))
        {
            Apply(id, "remove");
        }

        Assert.Equal(0UL, _table.Digest);
    }

    [Fact]
    public void Digest_of_one_entity_that_differs_is_another_one()
    {
        HashSet<ulong> digests = [];
        foreach (var (id, number, serial) in new[] { ("b", 5L, 2L), ("b", 6L, 2L), ("c", 5L, 2L), ("b", 5L, 3L) })
        {
            var table = NewTable();
            table.Apply(new Entry<object?>(new Serial(1), "a", 1L));
            table.Apply(new Entry<object?>(new Serial(serial), id, number));
            digests.Add(table.Digest);
        }

        Assert.Equal(4, digests.Count);
    }

    [Fact]
    public void Digest_does_not_depend_on_the_order_of_the_members_of_a_state()
    {
        ulong DigestOf(string state) => new StoredState(new Serial(1), DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes(state)).HashOf("a");

        Assert.Equal(DigestOf("{\"x\":[1,2],\"y\":{\"z\":3}}"), DigestOf("{\"y\":{\"z\":3},\"x\":[2,1]}"));
        Assert.NotEqual(DigestOf("{\"x\":[1,2],\"y\":{\"z\":3}}"), DigestOf("{\"x\":[1,2],\"y\":{\"z\":4}}"));
        Assert.NotEqual(DigestOf("[1]"), DigestOf("[1,1]"));
    }

    [Fact]
    public void States_that_another_program_wrote_have_the_digest_of_states_that_this_program_writes()
    {
        var before = NewTable(new Refused { Head = 1 });
        before.Apply(new Entry<object?>(new Serial(1), "a", 5L));
        var (own, now) = (NewTable(new Refused { Head = 2 }), NewTable(new Refused { Head = 2 }));
        own.Apply(new Entry<object?>(new Serial(1), "a", 5L));

        now.Read(Write(before.ToWriter()));

        Assert.NotEqual(before.Digest, own.Digest);
        Assert.Equal(own.Digest, now.Digest);
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

    private EntityTable<Sum, long> NewTable(RaftCodec<long>? codec = null) => new(
        () => new Sum(), new ValueCodec<long>(Sys, codec), (_, _) => { }, (id, serial, cause) => _failed.Add((id, serial, cause)));

    private object? Add(string id, long number) => Apply(id, number);

    private object? Apply(string id, object command) => _table.Apply(new Entry<object?>(new Serial(++_serial), id, command));

    private static object? Read(EntityTable<Sum, long> table, string id) => table.Answer(id, null);

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

    private sealed class Sum : ReplicatedEntity<long, object?, object?>
    {
        protected override long NewState() => 0;

        protected override object? HandleCommand(object? command)
        {
            switch (command)
            {
                case long number:
                    return State += number;
                case Exception exception:
                    State = -1;
                    throw exception;
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

    private sealed class Refused : RaftCodec<long>
    {
        public const long ToWrite = 1000;
        public const long ToRead = 1001;

        /// <summary>As another program writes it. No program minds which it reads.</summary>
        public byte Head { get; init; }

        public override void Encode(long value, IBufferWriter<byte> output)
        {
            output.Write([Head]);
            output.Write(value == ToWrite ? throw new NotSupportedException("refused") : BitConverter.GetBytes(value));
        }

        public override long Decode(ReadOnlySpan<byte> bytes) =>
            BitConverter.ToInt64(bytes[1..]) is var value and not ToRead ? value : throw new NotSupportedException("refused");
    }
}

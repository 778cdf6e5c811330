using Akka.Actor.Setup;
using Akka.Serialization;

namespace RaftActors.Tests.Values;

/// <summary>Types of values that a log accepts, and types that fail the start of an actor.</summary>
public sealed class ValueTypeTests() : TestKit(ConfigurationFactory.ParseString(Bindings).WithFallback(VirtualGroup.Config))
{
    // Akka.NET binds a serializer to System.Object, and so does this configuration.
    private const string Bindings =
        """
        akka.actor {
          serializers.color = "RaftActors.Tests.Values.ColorSerializer, RaftActors.Tests"
          serialization-bindings {
            "System.Object" = color
            "RaftActors.Tests.Values.Color, RaftActors.Tests" = color
            "RaftActors.Tests.Values.IPaint, RaftActors.Tests" = color
          }
        }
        """;

    [Fact]
    public void Type_without_a_serializer_of_its_own_is_refused_with_the_codec_and_the_binding_to_add()
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Demand<Price>());

        Assert.StartsWith("The value type RaftActors.Tests.Values.Price has no serializer.", problem.Message);
        Assert.Contains("Add it to the JsonSerializerContext of Raft.UseJson, set Here to RaftCodec.Json<Price>(), ", problem.Message);
        Assert.Contains("\"RaftActors.Tests.Values.Price, RaftActors.Tests\" = NAME", problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Fact]
    public void Type_with_a_serializer_or_a_codec_is_accepted()
    {
        Demand<string>();
        Demand<int?>();
        Demand<object>();
        Demand<ReadOnlyMemory<byte>>();
        Demand<Color>();
        Demand<RedColor>();
        Demand<Varnish>();
        Demand<IDisposable>();
        Demand(RaftCodec.Json<Price>());
    }

    [Fact]
    public void Value_that_only_the_serializer_of_object_would_take_is_refused()
    {
        var problem = Assert.Throws<ArgumentException>(() => new ValueCodec<object>(Sys).Encode(new Price(3, "EUR")));

        Assert.Contains("A RaftActors.Tests.Values.Price cannot be written: it has no serializer.", problem.Message);
    }

    [Fact]
    public async Task Json_that_Akka_has_for_any_type_does_not_count()
    {
        var system = ActorSystem.Create("plain", VirtualGroup.Config);
        try
        {
            Assert.IsType<NewtonSoftJsonSerializer>(system.Serialization.FindSerializerForType(typeof(Price)));
            foreach (var what in (string[])["value", "result", "snapshot state"])
            {
                var codec = new ValueCodec<Price>(system, null, "Here");
                var problem = Assert.Throws<RaftConfigurationException>(() => codec.DemandType(what));
                Assert.StartsWith($"The {what} type RaftActors.Tests.Values.Price has no serializer.", problem.Message);
            }

            // A question, and a value of a group of any values.
            Assert.Throws<ArgumentException>(() => new ValueCodec<object>(system).Encode(new Price(3, "EUR")));
        }
        finally
        {
            await system.Terminate();
        }
    }

    // The class, and so the identifier, are those of the serializer that Akka.NET binds to System.Object.
    [Fact]
    public async Task Type_that_a_SerializationSetup_binds_is_accepted()
    {
        var setup = SerializationSetup.Create(system =>
            [SerializerDetails.Create("prices", new NewtonSoftJsonSerializer(system), [typeof(Price)])]);
        var system = ActorSystem.Create("setup", ActorSystemSetup.Create(setup, BootstrapSetup.Create().WithConfig(VirtualGroup.Config)));
        try
        {
            new ValueCodec<Price>(system, null, "Here").DemandType("value");
            Assert.Equal(new Price(3, "EUR"), Copy(system, new Price(3, "EUR")));
            Assert.Throws<RaftConfigurationException>(() => new ValueCodec<PriceList>(system, null, "Here").DemandType("value"));
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task Values_with_a_serializer_of_Akka_that_their_type_is_bound_to_are_read()
    {
        var system = ActorSystem.Create("bound", ConfigurationFactory.ParseString(
            """akka.actor.serialization-bindings { "RaftActors.Tests.Values.Price, RaftActors.Tests" = json }""")
            .WithFallback(RemoteNode.Network));
        try
        {
            Assert.Equal(new Price(3, "EUR"), Copy(system, new Price(3, "EUR")));
            Assert.Equal<object>(system.DeadLetters, Copy<IActorRef>(system, system.DeadLetters));
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public void Json_of_a_value_is_in_the_log_after_its_kind()
    {
        var values = new ValueCodec<Price>(Sys, RaftCodec.Json<Price>());
        var generated = new ValueCodec<Price>(Sys, RaftCodec.Json(PriceContext.Default.Price));

        var bytes = values.Encode(new Price(3, "EUR"));

        Assert.Equal("\u0011{\"Amount\":3,\"Currency\":\"EUR\"}", Encoding.UTF8.GetString(bytes.Span));
        Assert.Equal(new Price(3, "EUR"), values.Decode(bytes));
        Assert.Equal(new Price(3, "EUR"), generated.Decode(bytes));
        Assert.Equal(bytes.ToArray(), generated.Encode(new Price(3, "EUR")).ToArray());
    }

    [Fact]
    public void Json_codec_uses_the_given_options()
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
        var values = new ValueCodec<Price>(Sys, RaftCodec.Json<Price>(options));

        Assert.Contains("\"amount\":3", Encoding.UTF8.GetString(values.Encode(new Price(3, "EUR")).Span));
    }

    [Fact]
    public void Value_that_is_nested_too_deeply_to_be_read_is_not_written()
    {
        var values = new ValueCodec<Nested>(Sys, RaftCodec.Json<Nested>());
        var nested = Enumerable.Range(0, 40).Aggregate(new Nested([]), (inner, _) => new Nested([inner]));

        Assert.Throws<JsonException>(() => values.Encode(nested));
    }

    [Fact]
    public void Codec_of_the_user_may_use_another_codec()
    {
        var values = new ValueCodec<Price>(Sys, new CentCodec(Sys));

        Assert.Equal("\u0011300 EUR", Encoding.UTF8.GetString(values.Encode(new Price(3, "EUR")).Span));
        Assert.Equal("\u0011400 EUR", Encoding.UTF8.GetString(values.Encode(new Price(4, "EUR")).Span));
    }

    [Fact]
    public void Null_and_values_that_were_written_without_a_codec_are_decoded()
    {
        var values = new ValueCodec<string?>(Sys, RaftCodec.Json<string?>());

        Assert.Equal("old", values.Decode(new ValueCodec<string?>(Sys).Encode("old")));
        Assert.Null(values.Decode(values.Encode(null)));
    }

    [Fact]
    public void Bytes_that_are_not_the_codecs_own_are_refused()
    {
        var bytes = new ValueCodec<string>(Sys, RaftCodec.Json<string>()).Encode("text");

        Assert.Throws<InvalidDataException>(() => new ValueCodec<Price>(Sys, RaftCodec.Json<Price>()).Decode(bytes));
    }

    [Fact]
    public void Actor_whose_values_cannot_be_written_does_not_start_and_its_host_is_told_why()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>().ExpectOne(() => Sys.ActorOf(Props.Create(() => new PriceList()), "raft1"));

        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Equal(("default", new ProcessName("raft1@node1")), (failed.Group, failed.Process));
        Assert.Contains("RaftActors.Tests.Values.Price has no serializer. Add it", failed.Cause.Message);
    }

    [Fact]
    public void Actor_whose_results_cannot_be_written_does_not_start_and_its_host_is_told_why()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>().ExpectOne(() => Sys.ActorOf(Props.Create(() => new Pricer()), "raft1"));

        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Contains("The result type RaftActors.Tests.Values.Price has no serializer.", failed.Cause.Message);
        Assert.Contains("set ResultCodec to RaftCodec.Json<Price>()", failed.Cause.Message);
    }

    [Fact]
    public void Actor_whose_snapshots_cannot_be_written_does_not_start_and_its_host_is_told_why()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>().ExpectOne(() => Sys.ActorOf(Props.Create(() => new Stock()), "raft1"));

        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Contains("The snapshot state type RaftActors.Tests.Values.Price has no serializer.", failed.Cause.Message);
        Assert.Contains("StateCodec to RaftCodec.Json<Price>()", failed.Cause.Message);
    }

    private void Demand<T>(RaftCodec<T>? codec = null) => new ValueCodec<T>(Sys, codec, "Here").DemandType("value");

    private static T? Copy<T>(ActorSystem system, T value)
    {
        var values = new ValueCodec<T>(system);
        return values.Decode(values.Encode(value));
    }

    private sealed record Nested(Nested[] Inner);

    private sealed class CentCodec : RaftCodec<Price>
    {
        private readonly ValueCodec<string> _text;

        public CentCodec(ActorSystem system) => _text = new ValueCodec<string>(system, new TextCodec());

        public override void Encode(Price value, IBufferWriter<byte> output) =>
            output.Write(_text.Encode($"{value.Amount * 100} {value.Currency}").Span[1..]);

        public override Price Decode(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();
    }

    private sealed class TextCodec : RaftCodec<string>
    {
        public override void Encode(string value, IBufferWriter<byte> output) => Encoding.UTF8.GetBytes(value, output);

        public override string Decode(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
    }

    private sealed class PriceList : RaftActor<Price>
    {
        protected override object? HandleAppend(Entry<Price> entry) => null;
    }

    private sealed class Pricer : RaftActor<int, Price>
    {
        protected override Price HandleAppend(Entry<int> entry) => new(entry.Value, "EUR");
    }

    private sealed class Stock : RaftActor<int>, IRaftSnapshot<Price>
    {
        public Price TakeSnapshot(Serial serial) => new(1, "EUR");

        public void RestoreSnapshot(Serial serial, Price state)
        {
        }

        protected override object? HandleAppend(Entry<int> entry) => null;
    }
}

/// <summary>An interface that a serializer is bound to.</summary>
internal interface IPaint;

/// <summary>A type that has the serializer of its interface.</summary>
internal sealed record Varnish : IPaint;

/// <summary>A user's type without a serializer.</summary>
internal sealed record Price(int Amount, string Currency);

[JsonSerializable(typeof(Price))]
internal sealed partial class PriceContext : JsonSerializerContext;

using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;

namespace SerializationTests;

public sealed class Order(string name)
{
    public string Name { get; } = name;
}

public interface IMarked;

public class Parent;

public sealed class Derived : Parent, IMarked;

public sealed class Unbound;

/// <summary>Writes orders by name, and any other object as an M.</summary>
public sealed class OrderSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 1001;

    public override string Manifest(object o) => o is Order ? "O" : "M";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(obj is Order order ? order.Name : "");

    public override object FromBinary(byte[] bytes, string manifest) => manifest == "O"
        ? new Order(Encoding.UTF8.GetString(bytes))
        : throw new SerializationException($"unknown manifest {manifest}");
}

/// <summary>Needs the manifest of a type. Its identifier comes from the configuration.</summary>
public sealed class TypedSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, Type? type) => Activator.CreateInstance(type!)!;
}

public sealed class TheSerializers() : TestKit("""
    akka.actor {
      serializers {
        orders = "SerializationTests.OrderSerializer, Akka.Embedded.Tests"
        typed = "SerializationTests.TypedSerializer, Akka.Embedded.Tests"
      }
      serialization-bindings {
        "SerializationTests.Order, Akka.Embedded.Tests" = orders
        "SerializationTests.IMarked, Akka.Embedded.Tests" = orders
        "SerializationTests.Parent, Akka.Embedded.Tests" = typed
      }
      serialization-identifiers { "SerializationTests.TypedSerializer, Akka.Embedded.Tests" = 1002 }
    }
    """)
{
    private Serialization Serialization => Sys.Serialization;

    [Fact]
    public void A_bound_type_goes_through_its_serializer_and_back()
    {
        Assert.Equal("tea", Assert.IsType<Order>(ThereAndBack(new Order("tea"))).Name);
    }

    [Fact]
    public void An_unbound_type_is_refused_with_its_name_and_the_key_to_set()
    {
        var error = Assert.Throws<SerializationException>(() => Serialization.FindSerializerFor(new Unbound()));

        Assert.Contains("SerializationTests.Unbound", error.Message);
        Assert.Contains("akka.actor.serialization-bindings { \"SerializationTests.Unbound, Akka.Embedded.Tests\" = ", error.Message);
    }

    [Fact]
    public void An_unbound_type_goes_to_the_serializer_of_the_default_name()
    {
        Assert.IsType<OrderSerializer>(Serialization.FindSerializerFor(new Unbound(), "orders"));
    }

    [Fact]
    public void A_base_class_is_nearer_than_an_interface()
    {
        Assert.IsType<TypedSerializer>(Serialization.FindSerializerForType(typeof(Derived)));
    }

    [Fact]
    public void A_binding_that_is_changed_later_is_used_for_derived_types_too()
    {
        Assert.IsType<TypedSerializer>(Serialization.FindSerializerForType(typeof(Derived)));

        Serialization.AddSerializationMap(typeof(Parent), new OrderSerializer((ExtendedActorSystem)Sys));

        Assert.IsType<OrderSerializer>(Serialization.FindSerializerForType(typeof(Derived)));
    }

    [Fact]
    public void A_serializer_receives_the_type_that_the_manifest_names()
    {
        Assert.IsType<Derived>(ThereAndBack(new Derived()));
    }

    [Theory]
    [InlineData("System.Random, System.Private.CoreLib")]
    [InlineData("SerializationTests.Order, Akka.Embedded.Tests")]
    [InlineData("No.Such.Type, Nowhere")]
    public void A_manifest_of_a_type_that_is_not_bound_to_the_serializer_is_refused(string manifest)
    {
        Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 1002, manifest));
    }

    [Fact]
    public void An_unknown_identifier_is_refused()
    {
        var error = Assert.Throws<SerializationException>(() => Serialization.Deserialize([], 999, ""));

        Assert.Contains("999", error.Message);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("")]
    [InlineData(-7)]
    [InlineData(long.MinValue)]
    public void Primitives_are_read_back(object value)
    {
        Assert.Equal(value, ThereAndBack(value));
    }

    [Fact]
    public void Bytes_and_null_are_read_back()
    {
        Assert.Equal(new byte[] { 1, 2 }, ThereAndBack(new byte[] { 1, 2 }));
        Assert.Null(ThereAndBack(null));
    }

    [Fact]
    public void Messages_of_the_runtime_are_read_back_with_their_payloads()
    {
        Assert.Equal("id", Assert.IsType<Identify>(ThereAndBack(new Identify("id"))).MessageId);
        var identity = Assert.IsType<ActorIdentity>(ThereAndBack(new ActorIdentity(7, TestActor)));
        Assert.Equal((7, TestActor), (identity.MessageId, identity.Subject));
        Assert.Null(Assert.IsType<ActorIdentity>(ThereAndBack(new ActorIdentity(null, null))).Subject);
        Assert.Same(PoisonPill.Instance, ThereAndBack(PoisonPill.Instance));
        Assert.Same(Kill.Instance, ThereAndBack(Kill.Instance));
        var success = Assert.IsType<Status.Success>(ThereAndBack(new Status.Success(new Order("tea"))));
        Assert.Equal("tea", Assert.IsType<Order>(success.Status).Name);
        var failure = Assert.IsType<Status.Failure>(ThereAndBack(new Status.Failure(new TimeoutException("too late"), "state")));
        Assert.Equal(("System.TimeoutException: too late", "state"), (failure.Cause.Message, failure.State));
        var address = new Address("akka.tcp", "sys", "host", 2552);
        Assert.Equal(address, ThereAndBack(address));
    }

    [Fact]
    public void A_reference_is_read_back_by_its_path_and_uid()
    {
        Assert.Equal(TestActor, ThereAndBack(TestActor));
        var probe = CreateTestProbe();
        Assert.Equal(probe.Ref, ThereAndBack(probe));
    }

    [Fact]
    public void A_local_reference_is_written_with_the_address_of_the_current_transport()
    {
        var serializer = Serialization.FindSerializerFor(TestActor);
        var address = new Address("akka.tcp", "test", "127.0.0.1", 2552);

        var text = Encoding.UTF8.GetString(serializer.ToBinaryWithAddress(address, TestActor));

        Assert.EndsWith($"akka.tcp://test@127.0.0.1:2552/system/{TestActor.Path.Name}#{TestActor.Path.Uid}", text);
        Assert.StartsWith("akka://test/system/", Serialization.SerializedActorPath(TestActor));
    }

    [Fact]
    public void Truncated_bytes_are_refused()
    {
        var bytes = Serialization.Serialize(new Status.Failure(new TimeoutException("x"), "state"));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.ThrowsAny<SerializationException>(() => Serialization.Deserialize(bytes[..length], 16, "SF"));
        }
    }

    [Fact]
    public void Messages_nested_too_deep_are_refused_and_do_not_end_the_process()
    {
        // Each level: identifier 16, length and text of the manifest SS, length of the rest.
        var innermost = new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
        const int Levels = 20_000;
        var stream = new MemoryStream();
        for (var level = Levels; level > 0; level--)
        {
            stream.Write(BitConverter.GetBytes(16));
            stream.Write(BitConverter.GetBytes(2));
            stream.Write("SS"u8);
            stream.Write(BitConverter.GetBytes(((level - 1) * 14) + innermost.Length));
        }

        stream.Write(innermost);

        Assert.ThrowsAny<Exception>(() => Serialization.Deserialize(stream.ToArray(), 16, "SS"));
    }

    [Theory]
    [InlineData("akka.actor.serializers.x = \"No.Such, Akka\"", "serializers.x names the type 'No.Such, Akka', which does not exist")]
    [InlineData("akka.actor.serializers.x = \"System.Random\"", "is not derived from Akka.Serialization.Serializer")]
    [InlineData("akka.actor.serialization-bindings { \"System.Random\" = x }", "binds 'System.Random' to 'x', which is not a key of")]
    public void An_invalid_configuration_is_refused_when_the_system_starts(string hocon, string expected)
    {
        var error = Assert.ThrowsAny<ConfigurationException>(() => ActorSystem.Create("other", hocon));

        Assert.Contains(expected, error.Message);
    }

    private object? ThereAndBack(object? message)
    {
        var serializer = Serialization.FindSerializerFor(message);
        var manifest = message is null ? "" : Serialization.ManifestFor(serializer, message);
        return Serialization.Deserialize(serializer.ToBinary(message!), serializer.Identifier, manifest);
    }
}

using Akka.Actor;
using Akka.Serialization;

namespace Akka.Conformance.Tests.Serialization;

public sealed class SerializationTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly string Settings =
        $$"""
        akka.actor {
          serializers.orders = "{{typeof(OrderSerializer).AssemblyQualifiedName}}"
          serialization-bindings { "{{typeof(Order).AssemblyQualifiedName}}" = orders }
        }
        """;

    public SerializationTests()
        : base(Settings)
    {
    }

    [Fact]
    public void Serializers_from_code_are_lost_when_an_extension_injects_its_defaults()
    {
        Sys.Serialization.AddSerializationMap(typeof(string), new OrderSerializer((ExtendedActorSystem)Sys));

        Sys.Settings.InjectTopLevelFallback("some-extension.key = value");

        Assert.IsNotType<OrderSerializer>(Sys.Serialization.FindSerializerFor("text"));
        Assert.IsType<OrderSerializer>(Sys.Serialization.FindSerializerFor(new Order()));
    }

    [Fact]
    public void Serializers_that_injected_defaults_name_are_used()
    {
        Sys.Settings.InjectTopLevelFallback($"akka.actor.serialization-bindings {{ \"{typeof(Other).AssemblyQualifiedName}\" = orders }}");

        Assert.IsType<OrderSerializer>(Sys.Serialization.FindSerializerFor(new Other()));
    }

    [Fact]
    public void Serializers_are_kept_when_the_injected_defaults_exist_already()
    {
        var before = Sys.Serialization;

        Sys.Settings.InjectTopLevelFallback($"akka.actor.serializers.orders = \"{typeof(OrderSerializer).AssemblyQualifiedName}\"");

        Assert.Same(before, Sys.Serialization);
    }

    [Theory]
    [InlineData("text")]
    [InlineData(7)]
    [InlineData(7L)]
    public void Primitive_is_read_back_by_its_type(object value) => Assert.Equal(value, BackByType(value));

    [Fact]
    public void Reference_is_read_back_by_its_type() => Assert.Equal(TestActor, BackByType(TestActor));

    [Fact]
    public void Address_is_read_back_by_its_type()
    {
        var address = new Address("akka.tcp", "system", "host", 2551);

        Assert.Equal(address, BackByType(address));
    }

    [Fact]
    public void PoisonPill_is_read_back_by_its_type() => Assert.IsType<PoisonPill>(BackByType(PoisonPill.Instance));

    private object BackByType(object value)
    {
        var serializer = Sys.Serialization.FindSerializerFor(value);
        return Akka.Serialization.Serialization.WithTransport(
            (ExtendedActorSystem)Sys,
            () => serializer.FromBinary(serializer.ToBinary(value), value.GetType()))!;
    }
}

public sealed class Order;

public sealed class Other;

public sealed class OrderSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 1001;

    public override string Manifest(object o) => "O";

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, string manifest) => new Order();
}

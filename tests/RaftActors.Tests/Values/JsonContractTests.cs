using System.Reflection.Emit;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors.Tests.Values;

/// <summary>Which changes of a type give it another contract. A modifier of metadata stands for the type of another program.</summary>
public sealed class JsonContractTests
{
    [Fact]
    public void Order_of_the_properties_is_no_part_of_the_contract() => Assert.Equal(
        Of<Cart>(_ => { }),
        Of<Cart>(OfItem(type =>
        {
            var reversed = type.Properties.Reverse().ToList();
            type.Properties.Clear();
            reversed.ForEach(type.Properties.Add);
        })));

    [Fact]
    public void Property_of_a_part_that_is_added_removed_renamed_or_of_another_type_gives_another_contract()
    {
        ulong[] contracts =
        [
            Of<Cart>(_ => { }),
            Of<Cart>(OfItem(type => type.Properties.Add(type.CreateJsonPropertyInfo(typeof(bool), "IsGift")))),
            Of<Cart>(OfItem(type => type.Properties.RemoveAt(1))),
            Of<Cart>(OfItem(type => type.Properties[1].Name = "Number")),
            Of<Cart>(OfItem(type => type.Properties[1] = type.CreateJsonPropertyInfo(typeof(long), "Count"))),
        ];

        Assert.Equal(contracts.Length, contracts.Distinct().Count());
    }

    [Fact]
    public void Derived_type_that_is_added_gives_another_contract() => Assert.NotEqual(
        Of<Shape>(_ => { }),
        Of<Shape>(type => type.PolymorphismOptions?.DerivedTypes.Add(new JsonDerivedType(typeof(Square), "square"))));

    [Fact]
    public void Constant_of_an_enum_that_is_renamed_gives_another_contract()
    {
        Assert.Equal(OfEnum("Small", "Large"), OfEnum("Small", "Large"));
        Assert.NotEqual(OfEnum("Small", "Large"), OfEnum("Small", "Huge"));
    }

    // As two programs have it.
    private static ulong OfEnum(params string[] names)
    {
        var program = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Program"), AssemblyBuilderAccess.Run);
        var type = program.DefineDynamicModule("Program").DefineEnum("Size", TypeAttributes.Public, typeof(int));
        foreach (var (value, name) in names.Index())
        {
            type.DefineLiteral(name, value);
        }

        return JsonContract.Of(JsonSerializerOptions.Default.GetTypeInfo(type.CreateType()));
    }

    private static Action<JsonTypeInfo> OfItem(Action<JsonTypeInfo> change) => type =>
    {
        if (type.Type == typeof(Item))
        {
            change(type);
        }
    };

    private static ulong Of<T>(Action<JsonTypeInfo> change)
    {
        JsonSerializerOptions options = new() { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { change } } };
        return JsonContract.Of(options.GetTypeInfo(typeof(T)));
    }

    internal sealed record Cart(Dictionary<string, List<Item>> Items, Cart? Former);

    internal sealed class Item
    {
        public string Name { get; set; } = "";

        public int Count { get; set; }
    }

    [JsonDerivedType(typeof(Circle), "circle")]
    internal abstract record Shape;

    internal sealed record Circle : Shape;

    internal sealed record Square : Shape;
}

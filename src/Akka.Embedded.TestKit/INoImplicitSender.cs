namespace Akka.TestKit;

/// <summary>Turns off the implicit sender of a test class. Without this interface the test actor is the implicit sender.</summary>
public interface INoImplicitSender
{
}

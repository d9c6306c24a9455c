// Read a topology file with ns-3 itself: print the number of nodes, then both ends of each link.
#include "ns3/network-module.h"
#include "ns3/topology-read-module.h"

#include <iostream>

int
main(int, char** words)
{
    ns3::TopologyReaderHelper helper;
    helper.SetFileType("Orbis");
    helper.SetFileName(words[1]);
    const auto reader = helper.GetTopologyReader();
    std::cout << reader->Read().GetN() << "\n";
    for (auto link = reader->LinksBegin(); link != reader->LinksEnd(); ++link)
    {
        std::cout << link->GetFromNodeName() << "\t" << link->GetToNodeName() << "\n";
    }
}
